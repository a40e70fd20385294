package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.cli.compose.text.Complaint;
import io.flocker.cli.compose.text.Note;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A folder with Compose files for one test, and ways to read it.
final class Project {
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    Project(Path folder) {
        this.folder = folder;
    }

    /// One file, `compose.yaml`.
    static Project of(Path folder, String text) {
        return new Project(folder).file("compose.yaml", text);
    }

    Project file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Project variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    ComposeRequest request() {
        return ComposeRequest.in(folder, environment);
    }

    ComposeFile read() {
        return read(request());
    }

    ComposeFile read(String... files) {
        return read(request().withFiles(List.of(files).stream().map(Path::of).toList()));
    }

    static ComposeFile read(ComposeRequest request) {
        try {
            return ComposeReader.read(request);
        } catch (ComposeException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    ApplicationSpec application() {
        return read().application();
    }

    ServiceSpec service(String name) {
        return Objects.requireNonNull(application().services().get(name));
    }

    List<String> notes() {
        return read().notes().stream().map(Note::toString).toList();
    }

    List<String> complaints() {
        return complaints(request());
    }

    static List<String> complaints(ComposeRequest request) {
        var complaints = new ArrayList<String>();
        assertThatThrownBy(() -> ComposeReader.read(request))
                .isInstanceOfSatisfying(
                        ComposeException.class,
                        e -> e.complaints().stream().map(Complaint::toString).forEach(complaints::add));
        return complaints;
    }
}
