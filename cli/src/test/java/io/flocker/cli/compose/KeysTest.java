package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.compose.text.Note;
import io.flocker.core.spec.ApplicationSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each key means: a file, and beside it (`.expected`) the normalised file and the notes it must give. With
/// `-Dgolden=write` the expected files are written anew, to be looked at with `git diff`.
final class KeysTest {
    private static final Path FILES = Path.of("src/test/resources/compose/good");

    @TempDir
    Path folder;

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsEachKeyInAllItsForms(Path file) throws IOException {
        ComposeFile read = read(Files.readString(file));
        String written = ComposeWriter.write(read.projectName(), read.application());
        String notes = read.notes().stream()
                .map(Note::toString)
                .map(note -> "# " + note + "\n")
                .collect(Collectors.joining());
        Path expected = FILES.resolve(file.getFileName().toString().replace(".yaml", ".expected"));
        if ("write".equals(System.getProperty("golden"))) {
            Files.writeString(expected, written + notes);
        }
        assertThat(written + notes).isEqualTo(Files.readString(expected));
        ApplicationSpec again = read(written).application();
        assertThat(again.services()).isEqualTo(read.application().services());
        assertThat(again.volumes()).isEqualTo(read.application().volumes());
    }

    private ComposeFile read(String text) throws IOException {
        Files.writeString(folder.resolve("compose.yaml"), text);
        Files.writeString(folder.resolve("web.env"), "FROM_FILE=1\nBOTH=file\nQUOTED=\"a b\" # comment\n");
        var environment = Map.of("HOME", "/home/alice", "PASSED_ON", "from the shell", "EMPTY", "");
        return Project.read(new ComposeRequest(
                folder, List.of(), List.of(), environment, Optional.of("golden"), Set.of(), Set.of()));
    }
}
