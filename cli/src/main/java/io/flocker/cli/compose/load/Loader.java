package io.flocker.cli.compose.load;

import io.flocker.cli.compose.env.DotEnv;
import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Place;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.TextFile;
import io.flocker.cli.compose.text.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Loads a project's files into one tree: variables replaced, `include` and `extends` resolved, later files laid over
/// earlier ones.
public final class Loader {
    private static final int MAX_INCLUDES = 16;

    private final Documents documents;
    private final Complaints complaints;

    /// @param shownFrom the folder that shown file names are relative to
    public Loader(Path shownFrom, Complaints complaints) {
        this.documents = new Documents(shownFrom, complaints);
        this.complaints = complaints;
    }

    /// `variables` and what `.env` files say: the given ones, or the folder's own if there is one.
    public Variables dotEnv(Variables variables, Path folder, List<Path> given, Optional<Place> wanted) {
        List<Path> files = given;
        if (given.isEmpty()) {
            Path own = folder.resolve(".env");
            files = Files.isRegularFile(own) ? List.of(own) : List.of();
        }
        Variables all = variables;
        for (Path file : files) {
            var source = documents.source(file, folder);
            Optional<String> text = TextFile.read(file, wanted.orElse(source.start()), complaints);
            if (text.isPresent()) {
                all = all.plus(DotEnv.read(text.get(), source, all, complaints));
            }
        }
        return all;
    }

    /// The last `name` that the files give the project, with its place.
    public Optional<Yaml.Scalar> name(List<Path> files, Path folder, Variables variables) {
        Optional<Yaml.Scalar> name = Optional.empty();
        var quiet = new Documents(folder, new Complaints());
        for (Path file : files) {
            for (Yaml document : quiet.parse(file, folder, Optional.empty())) {
                if (document instanceof Yaml.Entries map && map.entries().containsKey("name")) {
                    var only = new Yaml.Entries(map.place(), Yaml.Tag.NONE, named(map));
                    Yaml.Entry replaced =
                            quiet.prepare(only, variables).entries().get("name");
                    if (replaced != null && replaced.value() instanceof Yaml.Scalar scalar && !scalar.isNull()) {
                        name = Optional.of(scalar);
                    }
                }
            }
        }
        return name;
    }

    private static Map<String, Yaml.Entry> named(Yaml.Entries document) {
        var only = new HashMap<>(document.entries());
        only.keySet().retainAll(Set.of("name"));
        return only;
    }

    /// The whole project. Empty or partial after complaints.
    public Yaml.Entries project(List<Path> files, Path folder, Variables variables) {
        return Merge.settled(merged(files, folder, variables, List.of(), Optional.empty()));
    }

    Yaml.Entries merged(
            List<Path> files, Path folder, Variables variables, List<Path> including, Optional<Place> wanted) {
        Yaml.Entries merged =
                Yaml.Entries.of(documents.source(files.getFirst(), folder).start(), Map.of());
        for (Path file : files) {
            if (including.contains(file) || including.size() >= MAX_INCLUDES) {
                Place place = wanted.orElse(documents.source(file, folder).start());
                complaints.add(place, "files include each other in a circle: " + circle(including, file));
                continue;
            }
            var inner = new ArrayList<>(including);
            inner.add(file);
            for (Yaml document : documents.parse(file, folder, wanted)) {
                Yaml.Entries prepared = documents.prepare(document, variables);
                Yaml.Entries extended = new Extends(documents, variables).resolved(prepared, file, merged);
                Yaml.Entries whole = new Include(this, complaints).resolved(extended, variables, inner);
                merged = Merge.documents(merged, whole);
            }
        }
        return merged;
    }

    private static String circle(List<Path> including, Path file) {
        var names = new StringBuilder();
        for (Path each : including.subList(Math.max(0, including.indexOf(file)), including.size())) {
            names.append(each.getFileName()).append(" -> ");
        }
        return Shown.line(names.append(file.getFileName()).toString());
    }
}
