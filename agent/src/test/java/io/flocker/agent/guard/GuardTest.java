package io.flocker.agent.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real processes in a real control group, and writers that never stop by themselves.
@Tag("engine")
class GuardTest {
    private static final long MILLI = 1_000_000;
    private static final long LEASE = 1_000 * MILLI;
    /// F of [io.flocker.core.lease.LeaseTerms#USUAL].
    private static final long FENCING = 1_000 * MILLI;

    private static final int FENCINGS = Integer.getInteger("fencings", 7);
    private static final Path FREEZER = Files.isDirectory(Path.of("/sys/fs/cgroup/freezer"))
            ? Path.of("/sys/fs/cgroup/freezer")
            : Path.of("/sys/fs/cgroup");

    private Path directory;
    private Path group;
    private Path written;
    private Guard guard;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "guard");
        written = directory.resolve("written");
        group = FREEZER.resolve(String.valueOf(directory.getFileName()));
        Files.createDirectories(group);
        guard = new Guard(directory);
    }

    @AfterEach
    void cleanUp() throws Exception {
        guard.process().ifPresent(ProcessHandle::destroyForcibly);
        guard.close();
        processes.forEach(Process::destroyForcibly);
        for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
        thaw();
        await().ignoreExceptions().until(() -> Files.deleteIfExists(group));
        try (var files = Files.list(directory)) {
            files.forEach(file -> file.toFile().delete());
        }
        Files.delete(directory);
    }

    private void thaw() throws IOException {
        Path old = group.resolve("freezer.state");
        if (Files.exists(old)) {
            Files.writeString(old, "THAWED");
        } else {
            Files.writeString(group.resolve("cgroup.freeze"), "0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"STOP", "KILL"})
    void fencesWhateverBecomesOfTheAgent(String signal) throws Exception {
        Process agent = agent();
        write();
        Thread.sleep(2 * LEASE / MILLI);
        assertThat(isWritten()).as("renewed, the writers go on").isTrue();

        Program.of("kill", "-" + signal, Long.toString(agent.pid())).run();

        awaitFenced();
    }

    @Test
    void fencesWhenNobodyRenews() throws Exception {
        guard.renew(BootClock.nanos() + LEASE);
        guard.fence(List.of(group));
        write();
        assertThat(isWritten()).isTrue();

        awaitFenced();
    }

    @Test
    void whatStartsTooLateNeverRuns() throws Exception {
        guard.fence(List.of(group));

        write();

        Thread.sleep(300);
        assertThat(written).doesNotExist();
        assertThat(members()).isEmpty();
        guard.renew(BootClock.nanos() + LEASE);
        write();
        await().until(this::isWritten);
    }

    @Test
    void anOlderDeadlineChangesNothing() throws Exception {
        guard.renew(BootClock.nanos() + LEASE);
        guard.fence(List.of(group));
        write();

        guard.renew(BootClock.nanos());

        assertThat(isWritten()).isTrue();
    }

    @Test
    void aRestartedAgentFindsItsGuardAndADeadOneIsReplaced() throws Exception {
        guard.renew(BootClock.nanos() + LEASE);
        guard.fence(List.of(group));
        write();
        ProcessHandle first = guard.process().orElseThrow();

        var restarted = new Guard(directory);
        restarted.renew(BootClock.nanos() + 2 * LEASE);
        restarted.fence(List.of(group));
        assertThat(restarted.process()).contains(first);

        first.destroyForcibly();
        await().until(() -> restarted.process().isEmpty());
        restarted.renew(BootClock.nanos() + LEASE);
        assertThat(restarted.process()).isPresent();
        assertThat(isWritten()).isTrue();
        awaitFenced();
        restarted.close();
    }

    /// As one does that had nothing to fence for half a minute.
    @Test
    void whatAGuardDidNotReadBeforeItsEndIsToldTheNext() throws Exception {
        guard.fence(List.of(group), BootClock.nanos() + LEASE);
        ProcessHandle first = guard.process().orElseThrow();
        Program.of("kill", "-STOP", Long.toString(first.pid())).run();
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(first::destroyForcibly);

        guard.fence(List.of(group), BootClock.nanos() + 3 * LEASE);

        assertThat(guard.process()).isPresent().isNotEqualTo(Optional.of(first));
        write();
        assertThat(isWritten()).isTrue();
        awaitFenced();
    }

    /// As one that is read to its end in the moment in which the time to wait for it is over.
    @Test
    void aWholeLineIsTakenWithoutItsEnd() throws Exception {
        guard.fence(List.of(group), BootClock.nanos() + LEASE);
        Path commands = directory.resolve("commands");

        Files.writeString(commands, "fence 1000 " + group, StandardOpenOption.WRITE);
        Thread.sleep(300);
        assertThat(guard.said().orElseThrow().list()).as("what may go on").isLessThan(1000);
        Files.writeString(commands, "/other .", StandardOpenOption.WRITE);

        await().until(() -> guard.said().orElseThrow().list() == 1000);
        assertThat(Files.readString(directory.resolve("groups"))).isEqualTo(group + "/other .\n");
        Files.writeString(commands, "\nfence 1001 " + group + " .\n", StandardOpenOption.WRITE);
        await().until(() -> guard.said().orElseThrow().list() == 1001);
    }

    @Test
    void theNextOneAlsoGuardsWhatACommandIsNotAbout() throws Exception {
        Path other = group.resolve("other");
        guard.fence(List.of(group, other), BootClock.nanos() + LEASE);
        ProcessHandle first = guard.process().orElseThrow();
        first.destroyForcibly();
        await().until(() -> guard.process().isEmpty());

        guard.kill(List.of(other));

        assertThat(Files.readString(directory.resolve("groups"))).isEqualTo(group + " .\n");
        Files.delete(other);
    }

    @Test
    void fencesFastEnough() throws Exception {
        var millis = new ArrayList<Double>();
        for (int i = 0; i < FENCINGS; i++) {
            guard.renew(BootClock.nanos() + LEASE);
            guard.fence(List.of(group));
            write();
            await().until(this::isWritten);
            awaitFenced();
            long last = Long.parseLong(Files.readAllLines(written).getLast()) * 10 * MILLI;
            millis.add((last - guard.said().orElseThrow().deadlineNanos()) / (double) MILLI);
            Files.delete(written);
        }
        Collections.sort(millis);
        Guard.Said said = guard.said().orElseThrow();
        System.out.printf(
                "%d fencings: freezing to empty %.1f ms at most; last write %.0f ms (median), %.0f ms (most) after the"
                        + " deadline, read at hundredths of a second%n",
                FENCINGS, said.longestNanos() / 1e6, millis.get(FENCINGS / 2), millis.getLast());
        System.out.println("Guard: " + cost());
        assertThat(said.longestNanos()).isLessThan(FENCING / 3);
    }

    /// A disk that hangs (fsfreeze): whoever writes to it is in the kernel, and no signal ends that.
    @Test
    void whatCannotBeKilledIsToldAndEndsOnceItCan(@TempDir Path folder) throws Exception {
        Path image = folder.resolve("disk.img");
        String disk = Files.createDirectory(folder.resolve("disk")).toString();
        Program.of("truncate", "-s", "256M", image.toString()).run();
        Program.of("mkfs.btrfs", "-q", image.toString()).run();
        Program.of("mount", "-o", "loop", image.toString(), disk).run();
        written = Path.of(disk, "written");
        try {
            guard.renew(BootClock.nanos() + 2 * LEASE);
            guard.fence(List.of(group));
            write();
            await().until(this::isWritten);
            Program.of("fsfreeze", "-f", disk).run();
            long before = guard.said().orElseThrow().refused();

            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            guard.said().filter(said -> said.refused() > before).isPresent());

            assertThat(members()).as("what the guard could not end").isNotEmpty();
            assertThat(guard.said().orElseThrow().longestNanos())
                    .as("what it has taken so far")
                    .isGreaterThan(5_000 * MILLI);
            System.out.println("A disk that hangs: " + guard.said().orElseThrow() + ", "
                    + members().size() + " left");
            Program.of("fsfreeze", "-u", disk).run();
            await().atMost(Duration.ofSeconds(30)).until(() -> members().isEmpty());
            assertThat(isWritten()).isFalse();
        } finally {
            Program.of("fsfreeze", "-u", disk).end();
            await().ignoreExceptions()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> Program.of("umount", disk).end().exitCode() == 0);
        }
    }

    /// Its memory, and the processor time of ten seconds of renewals.
    private String cost() throws Exception {
        String pid = Long.toString(guard.process().orElseThrow().pid());
        guard.renew(BootClock.nanos() + LEASE);
        guard.fence(List.of(group));
        long before = nanosRun(pid);
        for (int i = 0; i < 10; i++) {
            guard.renew(BootClock.nanos() + 4 * LEASE);
            Thread.sleep(1_000);
        }
        String memory = Files.readAllLines(Path.of("/proc", pid, "status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("");
        return "%s, %.2f %% of a processor".formatted(memory, (nanosRun(pid) - before) / 1e8);
    }

    private static long nanosRun(String pid) throws IOException {
        return Long.parseLong(
                Files.readString(Path.of("/proc", pid, "schedstat")).split(" ", 2)[0]);
    }

    private Process agent() throws IOException {
        Process agent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RenewingAgent.class.getName(),
                        directory.toString(),
                        group.toString(),
                        Long.toString(LEASE / MILLI))
                .redirectErrorStream(true)
                .start();
        processes.add(agent);
        String said = agent.inputReader()
                .lines()
                .filter("guarded"::equals)
                .findFirst()
                .orElse("");
        assertThat(said).isEqualTo("guarded");
        return agent;
    }

    /// Three processes that write the time, in hundredths of a second, as fast as they can.
    private void write() throws IOException {
        String script = "echo $$ >" + group + "/cgroup.procs || exit; "
                + "go() { while read -r up _ </proc/uptime; do echo ${up/./} >>" + written + "; done; }; "
                + "go & go & go";
        processes.add(new ProcessBuilder("bash", "-c", script).inheritIO().start());
    }

    private boolean isWritten() throws Exception {
        long before = Files.exists(written) ? Files.size(written) : 0;
        Thread.sleep(100);
        return Files.exists(written) && Files.size(written) > before;
    }

    private List<String> members() throws IOException {
        return Files.readAllLines(group.resolve("cgroup.procs"));
    }

    private void awaitFenced() throws IOException {
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> members().isEmpty());
        long last = Long.parseLong(Files.readAllLines(written).getLast()) * 10 * MILLI;
        assertThat(last)
                .as("the last write")
                .isLessThan(guard.said().orElseThrow().deadlineNanos() + FENCING);
        assertThat(Files.readAllLines(written).size()).isGreaterThan(1);
    }
}
