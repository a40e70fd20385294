package io.flocker.agent.guard;

import io.flocker.agent.program.Program;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's side of the guard: a process of its own (`guard.bash`) that fences this node's writers at the deadline,
/// though the agent be dead, hung or stopped. There is none as long as there is nothing to fence. A restarted agent
/// finds the guard that runs; one that has died or does not follow is replaced, with all that this one was told.
///
/// A group is a control group's directory below a freezer. It is let go only between [#fence] and the deadline, so a
/// container must be started in a group that the guard knows already.
public final class Guard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /// A guard that has not taken a command by then is told again; so is one that has ended just now, as there was
    /// nothing to fence.
    private static final Duration ONCE_MORE = Duration.ofMillis(300);

    /// A guard that empties groups reads nothing meanwhile, for up to five seconds.
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String LIST = "fence";

    private final GuardFiles files;
    private List<Path> groups = List.of();
    private long number;
    private long deadlineNanos;
    private long followedAtNanos = System.nanoTime();
    private @Nullable FileChannel commands;

    /// What the guard says of itself.
    ///
    /// @param list the number of the last command that changed its list
    /// @param deadlineNanos the deadline it has, by [BootClock]
    /// @param fenced how often it has fenced something
    /// @param longestNanos from the beginning of a fencing until everything was gone, or until now:
    ///     the longest in the last half hour to an hour
    /// @param refused how often something was still there after another five seconds
    public record Said(long list, long deadlineNanos, long fenced, long longestNanos, long refused) {}

    /// Starts nothing yet.
    ///
    /// @param directory on a tmpfs, this agent's alone
    public Guard(Path directory) {
        files = new GuardFiles(directory);
        number = files.said().map(Said::list).orElse(0L);
        groups = files.anyGuard().isPresent() ? files.groups() : List.of();
    }

    /// What is fenced at the deadline: after a restart, what the agent before this one has left.
    public synchronized List<Path> groups() {
        return groups;
    }

    /// Lets groups go on that nothing guards any more. Returns when the guard knows it.
    public synchronized void free(List<Path> some) throws IOException {
        without("free", some);
    }

    /// Fences groups now, whatever the deadline is: from when this returns they stand still, and everything in them
    /// ends.
    public synchronized void kill(List<Path> some) throws IOException {
        without("kill", some);
    }

    private void without(String verb, List<Path> some) throws IOException {
        groups = groups.stream().filter(group -> !some.contains(group)).toList();
        deliver(verb, some);
    }

    /// Has these groups, and no others, fenced at the deadline it knows.
    public synchronized void fence(List<Path> newGroups) throws IOException {
        fence(newGroups, 0);
    }

    /// Has these groups, and no others, fenced at the deadline. Returns when the guard knows it.
    ///
    /// @param newDeadlineNanos by [BootClock]; an earlier one than that before changes nothing
    /// @throws IOException if the guard does not take it
    public synchronized void fence(List<Path> newGroups, long newDeadlineNanos) throws IOException {
        for (Path group : newGroups) {
            if (group.toString().contains(" ")) {
                throw new IOException("Cannot guard \"" + group + "\": a control group's name has no spaces");
            }
            Files.createDirectories(group);
        }
        groups = List.copyOf(newGroups);
        deadlineNanos = Math.max(deadlineNanos, newDeadlineNanos);
        if (!groups.isEmpty() || files.guard().isPresent()) {
            deliver(LIST, groups);
        }
    }

    /// Puts off the fencing; an earlier deadline than the one before changes nothing.
    ///
    /// @param newDeadlineNanos by [BootClock]
    public synchronized void renew(long newDeadlineNanos) throws IOException {
        if (groups.isEmpty()) {
            deadlineNanos = Math.max(deadlineNanos, newDeadlineNanos);
            return;
        }
        boolean followed = said().filter(said -> said.deadlineNanos() >= deadlineNanos && said.list() == number)
                .isPresent();
        if (followed) {
            followedAtNanos = System.nanoTime();
        }
        deadlineNanos = Math.max(deadlineNanos, newDeadlineNanos);
        boolean stuck = System.nanoTime() - followedAtNanos > STUCK_NANOS;
        if (stuck || files.guard().isEmpty()) {
            log.atWarn().addKeyValue("stuck", stuck).log("The guard is replaced");
            end();
            deliver(LIST, groups);
        } else {
            ensure();
            send("deadline " + deadlineNanos + " .\n");
        }
    }

    /// What the guard last said; empty if there never was one.
    public Optional<Said> said() {
        return files.said();
    }

    /// The guard's process, if there is one.
    public Optional<ProcessHandle> process() {
        return files.guard();
    }

    /// Returns when the guard has taken a command about groups.
    private void deliver(String verb, List<Path> some) throws IOException {
        number++;
        tell(verb, some, files.guard().isEmpty());
        within(ONCE_MORE, () -> isTaken() || files.guard().isEmpty());
        if (!isTaken()) {
            log.atWarn().addKeyValue("lives", files.guard().isPresent()).log("The guard is told again");
            tell(verb, some, true);
            await("take its list", this::isTaken);
        }
        followedAtNanos = System.nanoTime();
    }

    /// @param anew whether the guard may have only begun, so that it gets the list first
    private void tell(String verb, List<Path> some, boolean anew) throws IOException {
        ensure();
        if (anew) {
            send(line(LIST, groups));
            number++;
        }
        send(line(verb, some));
    }

    private String line(String verb, List<Path> some) {
        var line = new StringBuilder("deadline " + deadlineNanos + " .\n" + verb + " " + number);
        some.forEach(group -> line.append(' ').append(group));
        return line + " .\n";
    }

    private boolean isTaken() {
        return said().filter(said -> said.list() == number).isPresent();
    }

    /// Sees to it that a guard runs and listens.
    private void ensure() throws IOException {
        if (files.guard().isPresent()) {
            if (commands == null) {
                open();
            }
            return;
        }
        end();
        Files.createDirectories(files.directory());
        install();
        for (Path fifo : List.of(files.commands(), files.quiet())) {
            Files.deleteIfExists(fifo);
            Program.of("mkfifo", "-m", "600", fifo.toString()).run();
        }
        start();
        await("start", () -> files.guard().isPresent() && said().isPresent());
        open();
    }

    private void install() throws IOException {
        Path fresh = files.directory().resolve("guard.new");
        try (InputStream script = Guard.class.getResourceAsStream("guard.bash")) {
            if (script == null) {
                throw new IllegalStateException("guard.bash is missing from the jar");
            }
            Files.copy(script, fresh, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(fresh, files.script(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void start() throws IOException {
        // Before all that is not real time, where the kernel lets it; a session of its own, to outlive this process.
        var command = new ArrayList<>(List.of("setsid"));
        if (mayHurry()) {
            command.addAll(List.of("chrt", "--fifo", "1"));
        }
        command.addAll(
                List.of("bash", files.script().toString(), files.directory().toString()));
        new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(files.output().toFile())
                .start();
    }

    private static boolean mayHurry() {
        try {
            return Program.of("chrt", "--fifo", "1", "true").end().exitCode() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void open() throws IOException {
        // Also for reading: to open a FIFO only for writing waits for a reader, that may have died just now.
        commands = FileChannel.open(files.commands(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        // Ends the line that an agent before may have left unfinished.
        send("\n");
    }

    private void send(String line) throws IOException {
        FileChannel to = commands;
        if (to == null) {
            throw new IOException("There is no guard at " + files.directory());
        }
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private void await(String what, BooleanSupplier done) throws IOException {
        if (!within(PATIENCE, done)) {
            String output = Files.exists(files.output()) ? Files.readString(files.output()) : "";
            throw new IOException("The guard at " + files.directory() + " did not " + what + " within "
                    + PATIENCE.toSeconds() + " s: " + (output.isBlank() ? "it said nothing" : output.strip()));
        }
    }

    private static boolean within(Duration limit, BooleanSupplier done) {
        long end = System.nanoTime() + limit.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(500_000);
        }
        return true;
    }

    /// Ends a guard, which fences nothing any more.
    private void end() throws IOException {
        files.anyGuard().ifPresent(ProcessHandle::destroyForcibly);
        if (commands != null) {
            commands.close();
            commands = null;
        }
        Files.deleteIfExists(files.directory().resolve("process"));
        Files.deleteIfExists(files.directory().resolve("state"));
    }

    /// Ends the guard of a node that is given up, and removes the control groups that nothing is in.
    ///
    /// @param directory as for the constructor
    public static void end(Path directory) throws IOException {
        var files = new GuardFiles(directory);
        List<Path> left = files.groups();
        files.anyGuard().ifPresent(ProcessHandle::destroyForcibly);
        for (Path group : left) {
            if (Files.isDirectory(group)) {
                Program.of("rmdir", "--ignore-fail-on-non-empty", "-p", group.toString())
                        .end();
            }
        }
    }

    /// Lets go of the guard, which goes on.
    @Override
    public synchronized void close() throws IOException {
        if (commands != null) {
            commands.close();
            commands = null;
        }
    }
}
