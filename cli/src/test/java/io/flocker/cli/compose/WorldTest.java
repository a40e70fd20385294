package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pcollections.TreePMap;

/// Files like those that people have.
final class WorldTest {
    private static final Path FILES = Path.of("src/test/resources/compose/world");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("GRAFANA_PASSWORD", "secret", "PHP_INI_SCAN_DIR", "/etc/php", "TZ", "UTC");

    @TempDir
    Path folder;

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void readsWhatPeopleHave(Path file) throws IOException {
        ComposeFile read = read(Files.readString(file), "compose.yaml");
        assertThat(read.application().services()).isNotEmpty();
        String written = ComposeWriter.write(read.projectName(), read.application());
        ComposeFile again = read(written, "again.yaml");
        assertThat(withoutSecrets(again.application())).isEqualTo(withoutSecrets(read.application()));
        assertThat(ComposeWriter.write(again.projectName(), again.application()))
                .isEqualTo(written);
    }

    private ComposeFile read(String text, String name) throws IOException {
        Files.writeString(folder.resolve(name), text);
        return Project.read(ComposeRequest.in(folder, ENVIRONMENT)
                .withFiles(List.of(Path.of(name)))
                .withProject("x"));
    }

    private static ApplicationSpec withoutSecrets(ApplicationSpec application) {
        TreePMap<String, FileSpec> files = application.files();
        for (Map.Entry<String, FileSpec> file : application.files().entrySet()) {
            if (file.getValue().secret()) {
                files = files.plus(file.getKey(), new FileSpec("", true));
            }
        }
        return new ApplicationSpec(application.services(), application.volumes(), files);
    }
}
