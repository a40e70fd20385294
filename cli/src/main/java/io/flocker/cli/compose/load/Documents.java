package io.flocker.cli.compose.load;

import io.flocker.cli.compose.env.Interpolation;
import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Complaints;
import io.flocker.cli.compose.text.Place;
import io.flocker.cli.compose.text.Source;
import io.flocker.cli.compose.text.TextFile;
import io.flocker.cli.compose.text.Yaml;
import io.flocker.cli.compose.text.YamlParser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the documents of Compose files: parsed, variables replaced, brought into shape. A file of several documents
/// counts as several files. Reads at most [#MAX_FILES] files, so that files which include each other
/// in many ways end.
final class Documents {
    static final int MAX_FILES = 200;

    private final Path shownFrom;
    private final Complaints complaints;
    private int files;

    /// @param shownFrom the folder that shown file names are relative to
    Documents(Path shownFrom, Complaints complaints) {
        this.shownFrom = shownFrom;
        this.complaints = complaints;
    }

    Complaints complaints() {
        return complaints;
    }

    /// @param file absolute
    /// @param folder what relative paths in it are relative to
    /// @param wanted where the file was asked for
    List<Yaml> parse(Path file, Path folder, Optional<Place> wanted) {
        Source source = source(file, folder);
        Place from = wanted.orElse(source.start());
        if (++files > MAX_FILES) {
            complaints.add(from, "more than " + MAX_FILES + " files are read for one project");
            return List.of();
        }
        return TextFile.read(file, from, complaints)
                .map(text -> YamlParser.parse(text, source, complaints))
                .orElse(List.of());
    }

    /// Replaces variables and brings a parsed document into shape. A document that is no map is complained about and
    /// counts as an empty one.
    Yaml.Entries prepare(Yaml document, Variables variables) {
        Yaml replaced = new Interpolation(variables, complaints).document(document);
        if (replaced instanceof Yaml.Entries map) {
            return Shapes.document(map);
        }
        if (!(replaced instanceof Yaml.Scalar scalar && scalar.isNull())) {
            complaints.add(document.place(), "a Compose file must be a map with the key \"services\"");
        }
        return Yaml.Entries.of(document.place(), Map.of());
    }

    Source source(Path file, Path folder) {
        boolean near = file.startsWith(shownFrom);
        return new Source((near ? shownFrom.relativize(file) : file).toString(), folder, shownFrom);
    }
}
