package io.flocker.cli.command.branch;

import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.env.Interpolation;
import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Source;
import io.flocker.cli.compose.text.TextFile;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.text.Yaml;
import io.flocker.cli.compose.text.YamlParser;
import io.flocker.cli.compose.unit.Names;
import io.flocker.cli.shell.Shell;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What branches have otherwise than their origin, from files in Compose's words:
///
/// ```yaml
/// services:
///   web:
///     image: shop/web:feature-x
///     environment: {RAILS_ENV: staging}
///     deploy: {replicas: 2}
/// ```
///
/// Whatever else is in a file is complained about, except for `x-…` keys, which are the user's own.
final class Overlay {
    private static final int MAX_REPLICAS = 1_000;
    private static final String SAYS = ", which says image, environment and deploy.replicas of services";

    private final Complaints complaints = new Complaints();
    private final Map<String, String> overrides = new TreeMap<>();
    private final List<String> services;

    private Overlay(List<String> services) {
        this.services = services;
    }

    /// What all of `files` say, later ones before earlier ones, by key as `--set` has it.
    ///
    /// @param services what the origin has
    /// @throws ComposeException if one of them cannot be used, with each place where
    static Map<String, String> read(List<Path> files, List<String> services, Shell shell) throws ComposeException {
        var overlay = new Overlay(services);
        for (Path file : files) {
            overlay.read(file, shell);
        }
        if (overlay.complaints.any()) {
            throw new ComposeException(overlay.complaints.complaints());
        }
        overlay.complaints.notes().forEach(note -> shell.err().println("note: " + note));
        return overlay.overrides;
    }

    private void read(Path file, Shell shell) {
        var source = new Source(file.toString(), shell.folder(), shell.folder());
        List<Yaml> documents = TextFile.read(shell.folder().resolve(file), source.start(), complaints)
                .map(text -> YamlParser.parse(text, source, complaints))
                .orElse(List.of());
        if (documents.size() != 1) {
            if (!complaints.any()) {
                complaints.add(source.start(), "an overlay is one YAML document, not " + documents.size());
            }
            return;
        }
        Yaml document = new Interpolation(Variables.of(shell.variables()), complaints).document(documents.getFirst());
        Value root = Value.root(document, complaints);
        Section section = root.section("an overlay" + SAYS);
        if (!section.has("services")) {
            root.complain("must say what is otherwise: services: {web: {image: shop/web:feature-x}}");
        }
        section.entries("services").forEach(this::service);
        section.end();
    }

    private void service(String name, Value value) {
        if (!services.contains(name)) {
            value.complainAtKey("is not a service of the origin, which has " + String.join(", ", services)
                    + Nearest.hint(name, services));
            return;
        }
        Section service = value.section("an overlay" + SAYS);
        service.present("image").ifPresent(image -> image(name, image));
        service.get("environment").ifPresent(environment -> environment(name, environment));
        service.get("deploy").ifPresent(deploy -> {
            Section section = deploy.section("an overlay" + SAYS);
            section.number("replicas", 0, MAX_REPLICAS)
                    .ifPresent(count -> overrides.put(name + ".replicas", Long.toString(count)));
            section.end();
        });
        service.end();
    }

    private void image(String service, Value image) {
        String text = image.word().orElse("");
        if (!text.isEmpty() && !Names.image(text)) {
            image.complain("is not the name of an image: \"" + Shown.word(text) + "\"");
        }
        overrides.put(service + ".image", text);
    }

    /// A map, or a list of `NAME=VALUE`.
    private void environment(String service, Value environment) {
        if (!environment.isList()) {
            environment
                    .entries()
                    .forEach((name, value) ->
                            variable(service, name, value, value.text().orElse(""), value.isNull()));
            return;
        }
        for (Value item : environment.items()) {
            String text = item.text().orElse("");
            int equals = text.indexOf('=');
            variable(
                    service,
                    equals < 0 ? text : text.substring(0, equals),
                    item,
                    text.substring(equals + 1),
                    equals < 0);
        }
    }

    private void variable(String service, String name, Value at, String text, boolean none) {
        if (name.isBlank() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            at.complainAtKey("is not a variable's name");
        } else if (none) {
            at.complainAtKey("has no value: write one, or \"\" to take the variable away");
        } else {
            overrides.put(service + ".environment." + name, text);
        }
    }
}
