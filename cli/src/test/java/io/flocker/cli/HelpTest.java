package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/// Every command says what it does.
final class HelpTest {
    @TempDir
    Path root;

    private static Stream<CommandLine> commands(CommandLine line) {
        return Stream.concat(
                Stream.of(line), line.getSubcommands().values().stream().flatMap(HelpTest::commands));
    }

    @TestFactory
    Stream<DynamicTest> everyCommandAndEveryOptionIsDescribed() {
        return commands(Flocker.commandLine())
                .map(line -> DynamicTest.dynamicTest(line.getCommandSpec().qualifiedName(), () -> {
                    CommandSpec spec = line.getCommandSpec();
                    assertThat(spec.usageMessage().description()).isNotEmpty();
                    assertThat(spec.args())
                            .filteredOn(argument -> argument.description().length == 0)
                            .extracting(ArgSpec::paramLabel)
                            .isEmpty();
                    assertThat(spec.findOption("--help")).isNotNull();
                    assertThat(line.getUsageMessage().lines()).allMatch(text -> text.length() <= 80);
                }));
    }

    @Test
    void tellsTheExitCodes() {
        var terminal = new Terminal(root);
        assertThat(terminal.run("--help")).isZero();
        assertThat(terminal.out()).contains("0   done", "3   refused by the cluster", "130   interrupted");
    }

    @Test
    void helpsWithACommand() {
        var terminal = new Terminal(root);
        assertThat(terminal.run("help", "rollback")).isZero();
        assertThat(terminal.out()).startsWith("Usage: flocker rollback ");
    }

    @Test
    void completesInBash() {
        var terminal = new Terminal(root);
        assertThat(terminal.run("completion")).isZero();
        assertThat(terminal.out()).contains("complete -F _complete_flocker", "checkpoint", "--data-only");
    }

    @Test
    void groupsWantASubcommand() {
        for (String group : List.of("volume", "snapshot", "checkpoint", "op", "node")) {
            assertThat(new Terminal(root).run(group)).isEqualTo(2);
        }
    }
}
