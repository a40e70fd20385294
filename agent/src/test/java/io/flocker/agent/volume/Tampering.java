package io.flocker.agent.volume;

import io.flocker.agent.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/// What somebody can do to a read-only subvolume who must not: by the kernel's own call, which keeps its identity.
final class Tampering {
    /// BTRFS_IOC_SUBVOL_SETFLAGS and BTRFS_SUBVOL_RDONLY of `linux/btrfs.h`.
    private static final long SET_FLAGS = 0x4008941aL;

    private static final long READ_ONLY = 2;

    private Tampering() {}

    static void write(Path snapshot, String file, String content) throws IOException {
        setFlags(snapshot, 0);
        Files.writeString(snapshot.resolve(file), content);
        setFlags(snapshot, READ_ONLY);
    }

    static void move(Path snapshot, Path to) throws IOException {
        setFlags(snapshot, 0);
        Files.move(snapshot, to);
        setFlags(to, READ_ONLY);
    }

    private static void setFlags(Path subvolume, long flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocate(ValueLayout.JAVA_LONG);
            argument.set(ValueLayout.JAVA_LONG, 0, flags);
            Kernel.ioctl(subvolume, "set the flags of " + subvolume, SET_FLAGS, argument);
        }
    }
}
