package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The story of `docs/tutorial`, as `examples/staging/story` runs it: a Rails application, PostgreSQL and
/// Elasticsearch on three servers, ten branches, and a browser that opens each of them. The script itself fails where
/// a page does not show what it should.
@Tag("engine")
@Tag("soak") // Seven minutes on a machine that has nothing else to do.
class StagingStoryTest {
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

    private final Path home =
            Path.of(System.getProperty("flocker.home", "..")).toAbsolutePath().normalize();

    @Test
    void tenDevelopersHaveTenCopiesAndTheTutorialTellsHow() throws Exception {
        String shown;
        try {
            shown = shown(Program.of(home.resolve("examples/staging/story").toString())
                    .within(LIMIT)
                    .end());
        } finally {
            Program.of(home.resolve("lab").toString(), "down")
                    .within(Duration.ofMinutes(2))
                    .end();
        }
        assertThat(shown)
                .contains("http://web.judy.staging.example.com/?q=marmalade shows \"Cooked slowly in a copper kettle\"")
                .contains("the other nine: 2003 products, no column price_cents")
                .contains("http://web.carol.staging.example.com/?q=medlar shows \"Elasticsearch 2.3.5\"")
                .contains("http://web.ivan.staging.example.com/?q=medlar does not show \"New since Monday\"");
        List<String> run = shown.lines()
                .filter(line -> line.startsWith("$ flocker "))
                .map(line -> line.substring(2))
                .toList();
        List<String> told = commandsOfTheTutorial();
        assertThat(told).as("commands of the tutorial").hasSizeGreaterThan(10);
        assertThat(run).containsAll(told);
    }

    private static String shown(Program.Ended ended) {
        String shown = COLOUR.matcher(ended.output()).replaceAll("");
        assertThat(ended.exitCode()).as(shown + ended.errors()).isZero();
        return shown;
    }

    /// Without comments and quotes, and with its file where the story has it.
    private List<String> commandsOfTheTutorial() throws IOException {
        return BLOCK.matcher(Files.readString(home.resolve("docs/tutorial/ten-developers.md")))
                .results()
                .flatMap(block -> block.group(1).lines())
                .map(line -> line.replaceFirst(" +#.*", "").replace("'", ""))
                .filter(line -> !line.contains("compose.yaml"))
                .toList();
    }
}
