package io.flocker.control.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.util.SizeInBytes;

/// Which log of its cluster a log is: 0 for the one that the cluster was founded with, one more each time that the log
/// was made anew from what one member had ([LogRecovery]). Logs of different generations are different Raft groups,
/// whose members do not hear each other; terms of a later one are higher than all of those before it.
public final class Generation {
    /// The one that a cluster is founded with.
    public static final long FIRST = 0;

    /// No Raft group has so many terms: a term takes at least the time of an election.
    private static final long TERMS = 1 << 20;

    private static final UUID FOUNDED = UUID.fromString("6f0c1b52-7b6e-4c8e-9d0a-464c4f434b52");

    private Generation() {}

    /// That of the log in `folder`; [#FIRST] if there is none.
    public static long of(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return FIRST;
        }
        try (var groups = Files.list(folder)) {
            return groups.map(group -> group.getFileName().toString())
                    .filter(name -> name.length() == FOUNDED.toString().length())
                    .mapToLong(
                            name -> UUID.fromString(name).getLeastSignificantBits() - FOUNDED.getLeastSignificantBits())
                    .max()
                    .orElse(FIRST);
        }
    }

    /// Has a log that is made in `folder` be of this generation.
    public static void begin(Path folder, long generation) throws IOException {
        Path home = Files.createDirectories(home(folder, generation));
        // Ratis takes a folder for a log only if it has made it.
        RaftStorage storage = storage(home, StartupOption.FORMAT);
        storage.initialize();
        storage.close();
    }

    static RaftStorage storage(Path home, StartupOption option) throws IOException {
        return RaftStorage.newBuilder()
                .setDirectory(home.toFile())
                .setOption(option)
                .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
                .setStorageFreeSpaceMin(SizeInBytes.valueOf(0))
                .build();
    }

    /// Where the log of a generation is below the folder of all.
    static Path home(Path folder, long generation) {
        return folder.resolve(id(generation).toString());
    }

    static RaftGroupId group(long generation) {
        return RaftGroupId.valueOf(id(generation));
    }

    private static UUID id(long generation) {
        return new UUID(FOUNDED.getMostSignificantBits(), FOUNDED.getLeastSignificantBits() + generation);
    }

    /// A term among those of all generations.
    static long term(long generation, long raftTerm) {
        return generation * TERMS + raftTerm;
    }
}
