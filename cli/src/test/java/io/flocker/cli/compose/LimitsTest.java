package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.compose.text.Complaints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files made to exhaust a reader.
@Timeout(20)
final class LimitsTest {
    @TempDir
    Path folder;

    @Test
    void refusesAHugeFile() {
        assertThat(complaint("# " + "x".repeat(1_000_000))).contains("more than 1000000 bytes");
    }

    @Test
    void refusesEndlessNesting() {
        assertThat(complaint("a: " + "[".repeat(500_000))).contains("64 levels deep");
        assertThat(complaint("a: " + "{a: ".repeat(200_000))).contains("64 levels deep");
        assertThat(complaint(IntStream.range(0, 500)
                        .mapToObj(i -> " ".repeat(i) + "a:\n")
                        .collect(Collectors.joining())))
                .contains("64 levels deep");
    }

    @Test
    void refusesNestingByAliases() {
        String text = IntStream.range(1, 5_000)
                .mapToObj(i -> "x-" + i + ": &a" + i + " [*a" + (i - 1) + "]\n")
                .collect(Collectors.joining());
        assertThat(complaint("x-0: &a0 [x]\n" + text)).contains("64 levels deep");
    }

    @Test
    void refusesWideMergesByAliases() {
        String wide = IntStream.range(0, 10_000).mapToObj(i -> "k" + i + ": v").collect(Collectors.joining(", "));
        String merges = IntStream.range(0, 10_000)
                .mapToObj(i -> "x-" + i + ": {<<: *wide}\n")
                .collect(Collectors.joining());
        assertThat(complaint("x-wide: &wide {" + wide + "}\n" + merges)).contains("200000 values");
    }

    @Test
    void refusesVariablesNestedOrGrowingWithoutEnd() {
        String nested = "${A:-".repeat(10_000) + "}".repeat(10_000);
        assertThat(complaint("services: {a: {image: '" + nested + "'}}")).contains("nested more than");
        Project project = Project.of(folder, "services: {a: {image: '" + "$A".repeat(10_000) + "'}}");
        project.variable("A", "x".repeat(100_000));
        assertThat(project.complaints().getFirst()).contains("grows beyond");
    }

    @Test
    void readsLongChainsOfDependenciesAndManyServices() {
        String services = IntStream.range(1, 1_000)
                .mapToObj(i -> "  s" + i + ": {image: a, depends_on: [s" + (i - 1) + "]}\n")
                .collect(Collectors.joining());
        Project project = Project.of(folder, "services:\n  s0: {image: a}\n" + services);
        assertThat(project.application().services()).hasSize(1_000);
        project.file("compose.yaml", "services:\n  s0: {image: a}\n  more: {image: a}\n" + services);
        assertThat(project.complaints().getFirst()).contains("at most 1000");
    }

    @Test
    void readsLargeEnvFilesInLinearTime() {
        String lines =
                IntStream.range(0, 40_000).mapToObj(i -> "A" + i + "=$A\n").collect(Collectors.joining());
        Project project = Project.of(folder, "services: {a: {image: a}}").file(".env", lines);
        assertThat(project.application().services()).hasSize(1);
    }

    @Test
    void keepsTheFirstComplaintsOnly() {
        String keys =
                IntStream.range(0, 500).mapToObj(i -> "    k" + i + ": v\n").collect(Collectors.joining());
        assertThat(Project.of(folder, "services:\n  a:\n    image: a\n" + keys).complaints())
                .hasSize(Complaints.MAX);
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Files.write(folder.resolve("compose.yaml"), new byte[] {'a', (byte) 0xff, (byte) 0xfe});
        assertThat(Project.complaints(ComposeRequest.in(folder, Map.of())).getFirst())
                .isEqualTo("compose.yaml: is not UTF-8 text");
        assertThat(complaint("services: {a: {image: \"a\u0001\"}}")).contains("character that YAML does not allow");
        assertThat(complaint(
                        "services: {a: {image: \"a\\0\", command: ['\\\\'], volumes: [\"./\\0:/x\", \"/a:/\\0\"]}}"))
                .isNotEmpty();
    }

    @Test
    void readsAByteOrderMarkWindowsLineEndsAndSeveralDocuments() {
        Project project = Project.of(
                folder, "\uFEFFservices:\r\n  a:\r\n    image: one\r\n---\r\nservices: {a: {image: two}}\r\n");
        assertThat(List.of(project.service("a").image())).containsExactly("two");
    }

    private String complaint(String text) {
        return Project.of(folder, text).complaints().getFirst();
    }
}
