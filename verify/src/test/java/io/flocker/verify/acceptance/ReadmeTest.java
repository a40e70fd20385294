package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import io.flocker.agent.proxy.HaProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every command block of the README, run as it stands.
@Tag("engine")
class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    private final Path home =
            Path.of(System.getProperty("flocker.home", "..")).toAbsolutePath().normalize();

    private List<String> commands() throws IOException {
        return BLOCK.matcher(Files.readString(home.resolve("README.md")))
                .results()
                .map((MatchResult block) -> block.group(1))
                .flatMap(String::lines)
                .toList();
    }

    @Test
    void everyCommandIsKnownToThisTest() throws Exception {
        List<String> known = new ArrayList<>(List.of("./demo", "./demo stop"));
        known.addAll(ofThreeServers());
        known.addAll(List.of("dist/bin/flocker init", "dist/bin/flocker daemon"));
        assertThat(commands()).containsExactlyElementsOf(known);
    }

    private List<String> ofThreeServers() throws IOException {
        List<String> all = commands();
        return all.subList(all.indexOf("./lab up --nodes 3"), all.indexOf("./lab down") + 1);
    }

    @Test
    void oneServerBecomesThree() throws Exception {
        var shown = new StringBuilder();
        try {
            for (String command : ofThreeServers()) {
                shown.append("$ ").append(command).append('\n').append(run(command));
            }
        } finally {
            run("./lab down");
        }
        assertThat(shown.toString())
                .contains("n3     ready")
                .contains("$ curl -sS http://10.98.0.12:8080/\n1: Buy milk\n")
                .contains("$ curl -sS http://10.98.0.13:8080/\n1: Buy milk\n")
                .contains("$ curl -sS http://10.98.0.11:8080/\n1: Buy milk\n")
                .contains("$ curl -sS http://10.98.0.12:30001/\n1: Buy milk\n$")
                .contains("$ curl -sS http://10.98.0.12:30000/\n1: Buy milk\n$")
                .containsPattern("alice +root +notes@fresh .* running ");
        String after = shown.substring(shown.indexOf("flocker ps"));
        assertThat(after).containsPattern("db.1 .* n[23] ").doesNotContain(" n1 ");
    }

    @Test
    void theDemoShowsTheRowAgainAndLeavesNothingBehind() throws Exception {
        String loops = Program.of("losetup", "-a").run();
        try {
            String shown = run("./demo");
            assertThat(shown.substring(shown.indexOf("6. Back"))).contains("1: Buy oat milk\n2: Call Ada");
        } finally {
            run("./demo stop");
        }
        assertThat(Program.of("losetup", "-a").run()).isEqualTo(loops);
        assertThat(Program.of("pgrep", "-f", "flocker-demo").end().output()).isEmpty();
        assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain("flocker-demo");
        assertThat(Path.of("/var/lib/flocker-demo")).doesNotExist();
    }

    private String run(String command) throws IOException {
        return Program.of("bash", "-c", "cd '" + home + "' && " + command + " 2>&1")
                .within(Duration.ofMinutes(5))
                .run();
    }

    @Test
    void initAndDaemonMakeANode() throws Exception {
        Path root = Files.createTempDirectory(Path.of("/var/tmp"), "flocker-readme-");
        try {
            assertThat(run("FLOCKER_ROOT=" + root + " dist/bin/flocker init")).contains("is ready to start");
            ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec dist/bin/flocker daemon")
                    .directory(home.toFile())
                    .redirectErrorStream(true);
            builder.environment().put("FLOCKER_ROOT", root.toString());
            Process daemon = builder.start();
            try (BufferedReader out = daemon.inputReader(StandardCharsets.UTF_8)) {
                assertThat(out.lines().anyMatch(line -> line.equals("Flocker is up.")))
                        .isTrue();
            } finally {
                daemon.destroy();
                daemon.waitFor();
            }
        } finally {
            HaProxy.stop(root.resolve("run/flocker/proxy"));
            Program.of("umount", root.resolve("var/lib/flocker/pool").toString())
                    .end();
            Program.of("rm", "-rf", "--one-file-system", root.toString()).run();
        }
    }
}
