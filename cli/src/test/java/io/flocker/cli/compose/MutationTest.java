package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.compose.text.Complaints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a file says, the reader reads it or complains, soon. Each seed damages one of the good files in its own
/// way; `-Dseeds=N` tries more of them.
final class MutationTest {
    private static final Path FILES = Path.of("src/test/resources/compose");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int USUAL_SEEDS = 400;
    private static final String[] SCRAPS = {
        ":",
        "- ",
        "*",
        "&a ",
        "<<: ",
        "!reset ",
        "!override ",
        "${",
        "}",
        "$$",
        "$",
        "\"",
        "'",
        "\n",
        "\t",
        "[",
        "]",
        "{",
        "}",
        "|",
        ">",
        "#",
        "null",
        "~",
        "-1",
        "99999999999999999999",
        "0x10",
        "1e9",
        "\u0000",
        "ü",
        "\ud83d\ude00",
        "../",
        "/",
        "./",
        "x-flocker",
        "services",
        "extends: a",
        "include: [compose.yaml]",
        ":ro",
        "/udp",
        "::",
        "%"
    };

    @TempDir
    Path folder;

    static LongStream seeds() {
        String seeds = System.getProperty("seeds", "");
        return LongStream.range(0, seeds.isBlank() ? USUAL_SEEDS : Long.parseLong(seeds));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void readsOrComplainsAndNothingElse(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        List<Path> files = files();
        String text = Files.readString(files.get(random.nextInt(files.size())));
        String damaged = damaged(text, random);
        // Half a surrogate pair becomes a question mark.
        Files.write(folder.resolve("compose.yaml"), damaged.getBytes(StandardCharsets.UTF_8));
        String variables = damaged(".A=1\nexport B='x'\nC=\"${A}\" # c\n", random);
        Files.write(folder.resolve(".env"), variables.getBytes(StandardCharsets.UTF_8));
        Assertions.assertTimeoutPreemptively(LIMIT, this::read, () -> "seed " + seed);
    }

    private void read() {
        try {
            ComposeFile file = ComposeReader.read(ComposeRequest.in(folder, Map.of("HOME", "/root")));
            assertThat(ComposeWriter.write(file.projectName(), file.application()))
                    .isNotEmpty();
        } catch (ComposeException e) {
            assertThat(e.complaints()).hasSizeBetween(1, Complaints.MAX);
            assertThat(e.getMessage()).doesNotContain("Exception");
        }
    }

    private static List<Path> files() throws IOException {
        var all = new ArrayList<Path>();
        for (String name : List.of("world", "good", "bad")) {
            try (Stream<Path> files = Files.list(FILES.resolve(name))) {
                files.filter(file -> file.toString().matches(".*\\.ya?ml"))
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    private static String damaged(String text, SplittableRandom random) {
        var damaged = new StringBuilder(text);
        for (int i = random.nextInt(1, 6); i > 0 && !damaged.isEmpty(); i--) {
            int at = random.nextInt(damaged.length());
            int end = Math.min(damaged.length(), at + random.nextInt(1, 40));
            switch (random.nextInt(6)) {
                case 0 -> damaged.delete(at, Math.min(end, at + random.nextInt(1, 4)));
                case 1 -> damaged.insert(at, SCRAPS[random.nextInt(SCRAPS.length)]);
                case 2 -> damaged.setCharAt(at, (char) random.nextInt(' ', 127));
                case 3 -> damaged.insert(random.nextInt(damaged.length()), damaged.substring(at, end));
                case 4 -> damaged.replace(at, end, SCRAPS[random.nextInt(SCRAPS.length)]);
                default -> damaged.setLength(end);
            }
        }
        return damaged.toString();
    }
}
