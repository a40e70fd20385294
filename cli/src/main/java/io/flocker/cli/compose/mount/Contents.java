package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.TextFile;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import io.flocker.core.spec.FileSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// The files of an application: its configs, its secrets, and single files that services bind. Among the application's
/// files a config is named `config.NAME` and a secret `secret.NAME`. What no service uses is not read.
public final class Contents {
    private static final String INLINE = "give its content under content or file instead";

    private final Variables variables;
    private final Map<String, Declared> declared = new HashMap<>();
    private final Map<String, FileSpec> used = new TreeMap<>();

    /// Where a config's or secret's content comes from.
    private record Declared(
            Value at, Optional<Value> file, Optional<Value> content, Optional<Value> environment, boolean secret) {}

    /// Reads `configs` and `secrets` of a document.
    public Contents(Section document, Variables variables) {
        this.variables = variables;
        document.entries("configs").forEach((name, value) -> declare(name, value, "config"));
        document.entries("secrets").forEach((name, value) -> declare(name, value, "secret"));
    }

    private void declare(String name, Value value, String kind) {
        if (!Names.valid(name)) {
            value.complainAtKey("cannot be the name of a " + kind + ": " + Names.RULE);
        }
        Section section = value.section("a " + kind);
        section.refuse(Map.of("driver", INLINE, "driver_opts", INLINE, "template_driver", INLINE));
        External.refuse(section, INLINE);
        boolean external = section.get("external").isPresent();
        section.note("name", "is not used: files are named within their environment");
        section.note("labels", "has no effect");
        var sources = new Declared(
                value,
                section.get("file"),
                section.present("content"),
                section.get("environment"),
                kind.equals("secret"));
        section.end();
        long given = Stream.of(sources.file, sources.content, sources.environment)
                .filter(Optional::isPresent)
                .count();
        if (given != 1 && !external) {
            value.complainAtKey("must have one of file, content and environment");
        }
        declared.put(kind + "." + name, sources);
    }

    /// Uses a config or secret; complains if it is not declared or cannot be read.
    ///
    /// @param kind `config` or `secret`
    Optional<String> use(Value at, String kind, String name) {
        String file = kind + "." + name;
        Declared found = declared.get(file);
        if (found == null) {
            var names = declared.keySet().stream()
                    .filter(it -> it.startsWith(kind + "."))
                    .map(it -> it.substring(kind.length() + 1))
                    .toList();
            at.complain("uses the " + kind + " \"" + Shown.word(name) + "\", which is not declared under " + kind + "s"
                    + Nearest.hint(name, names));
            return Optional.empty();
        }
        if (!used.containsKey(file)) {
            content(found).ifPresent(bytes -> put(found.at, file, bytes, found.secret));
        }
        return Optional.of(file);
    }

    private Optional<byte[]> content(Declared from) {
        if (from.content.isPresent()) {
            return from.content.get().text().map(text -> text.getBytes(StandardCharsets.UTF_8));
        }
        if (from.environment.isPresent()) {
            Value value = from.environment.get();
            Optional<String> variable = value.word();
            Optional<String> text = variable.flatMap(variables::get);
            if (variable.isPresent() && text.isEmpty()) {
                value.complain("names the variable " + Shown.word(variable.get()) + ", which is not set");
            }
            return text.map(it -> it.getBytes(StandardCharsets.UTF_8));
        }
        return from.file.flatMap(
                value -> value.word().flatMap(value.place()::resolve).flatMap(path -> bytes(value, path)));
    }

    /// Uses a file that a service binds.
    Optional<String> bound(Value at, String name, Path path) {
        String file = "config." + name;
        if (!used.containsKey(file)) {
            bytes(at, path).ifPresent(bytes -> put(at, file, bytes, false));
        }
        return Optional.of(file);
    }

    private static Optional<byte[]> bytes(Value at, Path path) {
        if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
            at.complain("must be a regular file: " + path);
            return Optional.empty();
        }
        return TextFile.bytes(path, FileSpec.MAX_BYTES, at.place(), at.complaints());
    }

    private void put(Value at, String file, byte[] bytes, boolean secret) {
        if (bytes.length > FileSpec.MAX_BYTES) {
            at.complain("has " + bytes.length + " bytes; a config or secret may have at most " + FileSpec.MAX_BYTES);
        }
        used.put(file, new FileSpec(Base64.getEncoder().encodeToString(bytes), secret));
    }

    public TreePMap<String, FileSpec> used() {
        return TreePMap.from(used);
    }
}
