package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Files that are refused. Each ends with the complaints it must get, one a line after `#!`, without its name.
final class ComplaintTest {
    private static final Path FILES = Path.of("src/test/resources/compose/bad");
    private static final String EXPECTED = "#! ";

    @TempDir
    Path folder;

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void complainsWithPlaceAndRemedy(Path file) throws IOException {
        String text = Files.readString(file);
        List<String> expected = text.lines()
                .filter(line -> line.startsWith(EXPECTED))
                .map(line -> line.substring(EXPECTED.length()))
                .toList();
        String name = file.getFileName().toString();
        Files.writeString(folder.resolve(name), text);
        var request = ComposeRequest.in(folder, Map.of("HOME", "/root")).withFiles(List.of(Path.of(name)));
        assertThat(Project.complaints(request))
                .map(complaint -> complaint.replaceFirst("^" + name + ":\\s*", ""))
                .isEqualTo(expected);
    }
}
