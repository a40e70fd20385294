package io.flocker.cli.compose.load;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Place;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.text.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings in what a document's `include` names: other projects' files, each read with its own folder and `.env`. A
/// name defined on both sides is a mistake unless both say the same.
final class Include {
    private static final List<String> RESOURCES = List.of("services", "volumes", "networks", "configs", "secrets");

    private final Loader loader;
    private final Complaints complaints;

    Include(Loader loader, Complaints complaints) {
        this.loader = loader;
        this.complaints = complaints;
    }

    Yaml.Entries resolved(Yaml.Entries document, Variables variables, List<Path> including) {
        Yaml.Entry include = document.entries().get("include");
        Yaml.Entries result = document.without("include");
        if (include == null) {
            return result;
        }
        var value = new Value(include.value(), "include", include.place(), complaints);
        for (Value item : value.items()) {
            result = with(result, loaded(item, variables, including));
        }
        return result;
    }

    private Yaml.Entries loaded(Value item, Variables variables, List<Path> including) {
        List<Value> paths = List.of(item);
        Optional<Value> folder = Optional.empty();
        List<Value> envFiles = List.of();
        if (item.isMap()) {
            var section = item.section("include");
            paths = section.get("path").map(Value::itemsOrOne).orElse(List.of());
            folder = section.get("project_directory");
            envFiles = section.get("env_file").map(Value::itemsOrOne).orElse(List.of());
            section.end();
        }
        List<Path> files = resolve(paths);
        if (files.isEmpty() && paths.stream().anyMatch(Include::elsewhere)) {
            return Yaml.Entries.of(item.place(), Map.of());
        }
        if (files.isEmpty()) {
            item.complain("must name a file: a path, or {path: FILE}");
            return Yaml.Entries.of(item.place(), Map.of());
        }
        Path parent = Optional.ofNullable(files.getFirst().getParent()).orElse(files.getFirst());
        Path project =
                folder.flatMap(Value::text).flatMap(item.place()::resolve).orElse(parent);
        Variables own = loader.dotEnv(variables.settled(), project, resolve(envFiles), Optional.of(item.place()));
        return loader.merged(files, project, own, including, Optional.of(item.place()));
    }

    private static boolean elsewhere(Value value) {
        return value.isScalar() && value.text().orElse("").matches("[a-z+]+:.*|git@.*");
    }

    private List<Path> resolve(List<Value> values) {
        var paths = new ArrayList<Path>();
        for (Value value : values) {
            Optional<String> text = value.word();
            if (elsewhere(value)) {
                value.complain("includes from elsewhere; only files of this machine can be included");
            } else {
                text.flatMap(value.place()::resolve).ifPresent(paths::add);
            }
        }
        return paths;
    }

    private Yaml.Entries with(Yaml.Entries document, Yaml.Entries included) {
        Yaml.Entries result = document;
        for (String kind : RESOURCES) {
            Yaml.Entry theirs = included.entries().get(kind);
            if (theirs != null && theirs.value() instanceof Yaml.Entries more) {
                Yaml.Entry ours = result.entries().get(kind);
                var all = new LinkedHashMap<String, Yaml.Entry>();
                if (ours != null && ours.value() instanceof Yaml.Entries own) {
                    all.putAll(own.entries());
                }
                more.entries().forEach((name, entry) -> put(all, kind, name, entry));
                Place place = ours == null ? theirs.place() : ours.place();
                result = result.with(kind, new Yaml.Entry(place, Yaml.Entries.of(place, all)));
            }
        }
        return result;
    }

    private void put(Map<String, Yaml.Entry> all, String kind, String name, Yaml.Entry entry) {
        Yaml.Entry first = all.putIfAbsent(name, entry);
        boolean same = first == null
                || first.equals(entry)
                || kind.equals("networks")
                || (first.value() instanceof Yaml.Scalar && entry.value() instanceof Yaml.Scalar);
        if (!same) {
            complaints.add(
                    entry.place(),
                    kind + "." + Shown.word(name) + " is included, and defined at " + first.place()
                            + " as well; give one of them another name");
        }
    }
}
