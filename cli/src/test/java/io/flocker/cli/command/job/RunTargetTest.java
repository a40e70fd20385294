package io.flocker.cli.command.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `flocker run` is told to run.
class RunTargetTest {
    private static RunTarget parse(String... words) throws Exception {
        List<String> original = List.of(words);
        List<String> plain = new ArrayList<>(original);
        plain.remove("--");
        return RunTarget.parse(plain, original);
    }

    @Test
    void readsJobEnvironmentAndCommand() throws Exception {
        assertThat(parse("import")).isEqualTo(new RunTarget("", "import", List.of()));
        assertThat(parse("staging", "import")).isEqualTo(new RunTarget("staging", "import", List.of()));
        assertThat(parse("staging/import", "--", "load", "--all"))
                .isEqualTo(new RunTarget("staging", "import", List.of("load", "--all")));
        assertThat(parse("import", "--", "sh", "-c", "exit 3"))
                .isEqualTo(new RunTarget("", "import", List.of("sh", "-c", "exit 3")));
        assertThatThrownBy(() -> parse("staging", "import", "load")).hasMessageContaining("comes after --");
        assertThatThrownBy(() -> parse("--", "load")).hasMessageContaining("Say which job");
    }
}
