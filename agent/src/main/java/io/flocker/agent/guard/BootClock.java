package io.flocker.agent.guard;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// The kernel's CLOCK_BOOTTIME: nobody sets it, and it goes on while the machine is suspended, as Java's own clocks
/// do not.
@SuppressWarnings("restricted") // Native access is what this class is for.
public final class BootClock {
    private static final int CLOCK_BOOTTIME = 7;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle CLOCK_GETTIME = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private BootClock() {}

    /// Nanoseconds since the machine started.
    public static long nanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(LONG, 2);
            int result = (int) CLOCK_GETTIME.invokeExact(CLOCK_BOOTTIME, time);
            if (result != 0) {
                throw new IllegalStateException("The kernel has no CLOCK_BOOTTIME; Linux 2.6.39 has");
            }
            return time.getAtIndex(LONG, 0) * NANOS_PER_SECOND + time.getAtIndex(LONG, 1);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("A native call cannot throw", e);
        }
    }

    /// Names the time since the machine started: times of different boots have nothing to do with each other.
    public static String boot() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }
}
