package io.flocker.control.log;

import io.flocker.core.cluster.ClusterState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.util.SizeInBytes;

/// Makes a log anew from what one member has, for a cluster that has lost the majority of its voters for good.
///
/// Everything counts that this member has written down, also what it was not told that a majority has: whoever was
/// answered was answered after a majority had it, and this member may be the only one left of that. What only the lost
/// ones had is gone. The new log is of the next [Generation] and begins with a snapshot of that; the old one is set
/// aside.
public final class LogRecovery {
    private static final String WHERE_NEW = ".recovered";

    /// Entries of the old log are read up to this size, which is more than [ClusterLog#MAX_COMMAND_BYTES].
    private static final SizeInBytes MOST = SizeInBytes.valueOf("64MB");

    private LogRecovery() {}

    /// What there is to go on with.
    ///
    /// @param generation of the log that it was read from
    /// @param lastIndex the last entry; -1 for an empty log
    record Found(Replicated replicated, long generation, long lastIndex) {}

    /// What came of it.
    ///
    /// @param generation of the log that is there now
    /// @param entries how many entries the member had, with those that were in its snapshot
    public record Recovered(ClusterState state, long generation, long entries) {}

    /// Puts the new log in the place of the one in `folder`, which must be closed. A loss of power in the middle leaves
    /// one or the other, see [#settle].
    ///
    /// @param self the member's node
    /// @param lost the voters that are given up
    /// @throws IOException if what is there cannot be read whole; then nothing has changed
    public static Recovered recover(Path folder, String self, List<String> lost, long nowMillis) throws IOException {
        Found found = read(folder);
        ClusterState state = found.replicated()
                .cluster()
                .telling(
                        nowMillis,
                        "",
                        self,
                        "A new cluster of " + self + " alone, without voters " + String.join(", ", lost)
                                + ": made by flocker recover from what " + self + " had, entry "
                                + found.lastIndex());
        Replicated next = new Replicated(
                state,
                found.replicated().answers(),
                found.replicated().order(),
                found.replicated().lastKey());
        long generation = found.generation() + 1;
        Path made = folder.resolveSibling(folder.getFileName() + WHERE_NEW);
        LogFolder.delete(made);
        Generation.begin(made, generation);
        Path snapshots =
                Files.createDirectories(Generation.home(made, generation).resolve("sm"));
        ClusterStateMachine.write(next, snapshots.resolve(SimpleStateMachineStorage.getSnapshotFileName(0, 0)));
        LogFolder.sync(Generation.home(made, generation));
        LogFolder.sync(made);
        LogFolder.setAside(folder);
        settle(folder);
        return new Recovered(state, generation, found.lastIndex() + 1);
    }

    /// Ends a recovery that was broken off: the old log is set aside only once the new one is whole.
    public static void settle(Path folder) throws IOException {
        Path made = folder.resolveSibling(folder.getFileName() + WHERE_NEW);
        if (!Files.exists(folder) && Files.exists(made)) {
            LogFolder.move(made, folder);
        }
    }

    /// All that a member has: its newest snapshot, and the entries after that.
    static Found read(Path folder) throws IOException {
        long generation = Generation.of(folder);
        Path home = Generation.home(folder, generation);
        var reading = new Reading();
        Optional<Path> snapshot = snapshot(home.resolve("sm"));
        if (snapshot.isPresent()) {
            reading.replicated = ClusterStateMachine.read(snapshot.get());
            reading.last = index(snapshot.get());
        }
        for (LogSegmentPath segment :
                LogSegmentPath.getLogSegmentPaths(Generation.storage(home, StartupOption.RECOVER))) {
            LogSegment.readSegmentFile(
                    segment.getPath().toFile(),
                    segment.getStartEnd(),
                    MOST,
                    CorruptionPolicy.EXCEPTION,
                    null,
                    reading::take);
        }
        reading.refuseUnlessWhole();
        return new Found(reading.replicated, generation, reading.last);
    }

    /// The newest.
    private static Optional<Path> snapshot(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> SimpleStateMachineStorage.SNAPSHOT_REGEX
                            .matcher(file.getFileName().toString())
                            .matches())
                    .max(Comparator.comparingLong(LogRecovery::index));
        }
    }

    private static long index(Path snapshot) {
        return SimpleStateMachineStorage.getTermIndexFromSnapshotFile(snapshot.toFile())
                .getIndex();
    }

    /// Entries one after the other.
    private static final class Reading {
        private Replicated replicated = Replicated.EMPTY;
        private long last = -1;
        private String trouble = "";

        void take(LogEntryProto entry) {
            if (entry.getIndex() <= last || !trouble.isEmpty()) {
                return;
            }
            if (entry.getIndex() != last + 1) {
                trouble = "entry " + (last + 1) + " is missing before " + entry.getIndex();
                return;
            }
            try {
                if (entry.hasStateMachineLogEntry()) {
                    byte[] bytes = entry.getStateMachineLogEntry().getLogData().toByteArray();
                    replicated = replicated.after(LogBatch.decode(bytes)).next();
                }
                last = entry.getIndex();
            } catch (IOException e) {
                trouble = "entry " + entry.getIndex() + " is unreadable: " + e.getMessage();
            }
        }

        void refuseUnlessWhole() throws IOException {
            if (!trouble.isEmpty()) {
                throw new IOException("This member's log cannot be gone on with: " + trouble
                        + "; recover another voter that is left, if there is one");
            }
        }
    }
}
