package io.flocker.agent.kernel;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// The calls to the Linux kernel that Java lacks. Each opens what it needs and closes it; a failure is an
/// `IOException` with the kernel's own words.
@SuppressWarnings("restricted") // Native access is what this class is for.
public final class Kernel {
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_RDONLY_DIRECTORY_CLOEXEC = 0x10000 | O_CLOEXEC;
    private static final int AT_FDCWD = -100;
    private static final int RENAME_EXCHANGE = 2;
    private static final int ENODATA = 61;
    private static final int MOST_XATTR_BYTES = 256;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE = ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private static final MethodHandle OPEN = variadic("open", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle PIPE2 = call("pipe2", FunctionDescriptor.of(INT, POINTER, INT));
    private static final MethodHandle IOCTL = variadic("ioctl", FunctionDescriptor.of(INT, INT, LONG, POINTER));
    private static final MethodHandle SYNCFS = call("syncfs", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle RENAMEAT2 =
            call("renameat2", FunctionDescriptor.of(INT, INT, POINTER, INT, POINTER, INT));
    private static final MethodHandle SETXATTR =
            call("setxattr", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, LONG, INT));
    private static final MethodHandle GETXATTR =
            call("getxattr", FunctionDescriptor.of(LONG, POINTER, POINTER, POINTER, LONG));
    private static final MethodHandle STRERROR =
            LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(POINTER, INT));

    private Kernel() {}

    /// Swaps two directory entries in one atomic step (renameat2(2), RENAME_EXCHANGE).
    public static void exchange(Path one, Path other) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            long result =
                    run(RENAMEAT2, errno, AT_FDCWD, path(arena, one), AT_FDCWD, path(arena, other), RENAME_EXCHANGE);
            check(result, errno, "swap " + one + " and " + other);
        }
    }

    /// Writes everything of the file system that `directory` is in to its disk (syncfs(2)).
    public static void sync(Path directory) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            int descriptor = open(arena, errno, directory);
            try {
                check(run(SYNCFS, errno, descriptor), errno, "sync " + directory);
            } finally {
                run(CLOSE, errno, descriptor);
            }
        }
    }

    /// A request to the file system about one of its directories (ioctl(2)).
    public static void ioctl(Path directory, String purpose, long request, MemorySegment argument) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            int descriptor = open(arena, errno, directory);
            try {
                check(run(IOCTL, errno, descriptor, request, argument), errno, purpose);
            } finally {
                run(CLOSE, errno, descriptor);
            }
        }
    }

    /// Like [#ioctl], with a second directory given by its file descriptor in the first 8 bytes of `argument`.
    public static void ioctlOn(Path directory, Path subject, String purpose, long request, MemorySegment argument)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            int descriptor = open(arena, errno, subject);
            try {
                argument.set(LONG, 0, descriptor);
                ioctl(directory, purpose, request, argument);
            } finally {
                run(CLOSE, errno, descriptor);
            }
        }
    }

    /// Sets an extended attribute.
    public static void mark(Path file, String attribute, String value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            MemorySegment content = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            MemorySegment name = arena.allocateFrom(attribute);
            long result = run(SETXATTR, errno, path(arena, file), name, content, (long) bytes.length, 0);
            check(result, errno, "set " + attribute + " of " + file);
        }
    }

    /// An extended attribute; empty if the file has none of that name.
    public static Optional<String> marked(Path file, String attribute) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            MemorySegment content = arena.allocate(MOST_XATTR_BYTES);
            MemorySegment name = arena.allocateFrom(attribute);
            long length = run(GETXATTR, errno, path(arena, file), name, content, (long) MOST_XATTR_BYTES);
            if (length < 0 && (int) ERRNO_VALUE.get(errno, 0L) == ENODATA) {
                return Optional.empty();
            }
            check(length, errno, "read " + attribute + " of " + file);
            var bytes = content.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /// The two ends of a new pipe, each to be closed by [#close]: first the one to read from (pipe2(2)).
    static int[] pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(ERRNO);
            MemorySegment ends = arena.allocate(INT, 2);
            check(run(PIPE2, errno, ends, O_CLOEXEC), errno, "make a pipe");
            return ends.toArray(INT);
        }
    }

    /// Closes one end of a pipe.
    static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            run(CLOSE, arena.allocate(ERRNO), descriptor);
        }
    }

    private static int open(Arena arena, MemorySegment errno, Path directory) throws IOException {
        long descriptor = run(OPEN, errno, path(arena, directory), O_RDONLY_DIRECTORY_CLOEXEC);
        check(descriptor, errno, "open " + directory);
        return (int) descriptor;
    }

    private static MemorySegment path(Arena arena, Path path) {
        return arena.allocateFrom(path.toString());
    }

    private static long run(MethodHandle call, MemorySegment errno, Object... arguments) {
        var all = new Object[arguments.length + 1];
        all[0] = errno;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            return ((Number) call.invokeWithArguments(all)).longValue();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("A native call cannot throw", e);
        }
    }

    private static void check(long result, MemorySegment errno, String purpose) throws IOException {
        if (result < 0) {
            throw new IOException("Could not " + purpose + ": " + words((int) ERRNO_VALUE.get(errno, 0L)));
        }
    }

    private static String words(int errno) {
        try {
            return ((MemorySegment) STRERROR.invokeExact(errno))
                    .reinterpret(256)
                    .getString(0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("A native call cannot throw", e);
        }
    }

    private static MethodHandle call(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }

    /// For functions declared with `...` after their second argument.
    private static MethodHandle variadic(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                type,
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(2));
    }
}
