package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.env.DotEnv;
import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Source;
import io.flocker.cli.compose.text.TextFile;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import io.flocker.cli.compose.unit.ShellWords;
import io.flocker.core.spec.ProcessSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Reads what runs in a service's containers: command, environment, user, signals.
final class ProcessReader {
    private static final Set<String> SHELL_SIGNS = Set.of("&&", "||", "|", ";", ">", ">>", "<", "&");

    private final Variables variables;

    ProcessReader(Variables variables) {
        this.variables = variables;
    }

    ProcessSpec read(Section service) {
        return new ProcessSpec(
                command(service, "command"),
                command(service, "entrypoint"),
                environment(service),
                service.text("working_dir"),
                service.text("user"),
                service.texts("group_add"),
                hostname(service),
                service.flag("tty"),
                service.flag("stdin_open"),
                service.flag("init"),
                service.text("stop_signal"),
                service.get("stop_grace_period").map(Value::millis).orElse(ProcessSpec.STOP_GRACE_MILLIS));
    }

    private static String hostname(Section service) {
        String name = service.text("hostname");
        if (!name.isEmpty() && !Names.host(name)) {
            service.get("hostname").ifPresent(it -> it.complain("is not a host name: \"" + Shown.word(name) + "\""));
        }
        return name;
    }

    private static Optional<List<String>> command(Section service, String key) {
        Optional<Value> value = service.get(key);
        if (value.isEmpty() || !value.get().isScalar()) {
            return value.map(Value::texts);
        }
        Optional<List<String>> words = ShellWords.split(value.get().text().orElse(""));
        if (words.isEmpty()) {
            value.get().complain("has a quote that is not closed, or ends in a backslash");
        } else if (words.get().stream().anyMatch(SHELL_SIGNS::contains)) {
            value.get()
                    .note("is not run by a shell: && and the like are handed over as words; for a shell write"
                            + " [sh, -c, \"…\"]");
        }
        return words;
    }

    private TreePMap<String, String> environment(Section service) {
        var environment = new TreeMap<String, String>();
        for (Value file : service.items("env_file")) {
            environment.putAll(file(file));
        }
        service.entries("environment").forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                value.complainAtKey("is not a variable's name");
            } else if (value.isNull()) {
                variables.get(name).ifPresentOrElse(it -> environment.put(name, it), () -> environment.remove(name));
            } else {
                value.text().ifPresent(text -> environment.put(name, text));
            }
        });
        return TreePMap.from(environment);
    }

    private Map<String, String> file(Value value) {
        Value path = value;
        boolean required = true;
        String format = "";
        if (value.isMap()) {
            Section section = value.section("an env_file");
            Optional<Value> given = section.get("path");
            required = section.get("required").map(Value::flag).orElse(true);
            format = section.oneOf("format", "", "raw");
            section.end();
            if (given.isEmpty()) {
                value.complain("must have a path");
                return Map.of();
            }
            path = given.get();
        }
        Optional<Path> file = path.word().flatMap(path.place()::resolve);
        if (file.isEmpty() || (!required && !Files.exists(file.get()))) {
            return Map.of();
        }
        return content(path, file.get(), format.equals("raw"));
    }

    private Map<String, String> content(Value at, Path file, boolean raw) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            at.complain("must be a regular file");
            return Map.of();
        }
        Source from = at.place().source();
        boolean near = file.startsWith(from.project());
        var source =
                new Source((near ? from.project().relativize(file) : file).toString(), from.folder(), from.project());
        Optional<String> text = TextFile.read(file, at.place(), at.complaints());
        return text.map(it -> raw ? DotEnv.readRaw(it, variables) : DotEnv.read(it, source, variables, at.complaints()))
                .orElse(Map.of());
    }
}
