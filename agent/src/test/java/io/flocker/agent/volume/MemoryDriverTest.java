package io.flocker.agent.volume;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The in-memory twin keeps the contract it stands in for.
class MemoryDriverTest {
    @TempDir
    private Path directory;

    @Nested
    class Contract extends VolumeDriverContract {
        @Override
        VolumeDriver open(CrashPoint crash) throws IOException {
            return new MemoryDriver(directory, crash);
        }

        @Override
        Closeable hold(VolumeDriver holding, String held) {
            return ((MemoryDriver) holding).hold(held, "test");
        }

        @Override
        List<String> leftovers() throws IOException {
            return new Tree(directory.resolve("incoming")).names();
        }

        @Override
        boolean limits() {
            return false;
        }
    }

    @Nested
    class Transfers extends TransferContract {
        @Override
        VolumeDriver one() throws IOException {
            return new MemoryDriver(directory.resolve("one"));
        }

        @Override
        VolumeDriver other() throws IOException {
            return new MemoryDriver(directory.resolve("other"));
        }

        @Override
        Closeable hold(VolumeDriver holding, String held) {
            return ((MemoryDriver) holding).hold(held, "test");
        }

        @Override
        List<String> leftovers() throws IOException {
            return new Tree(directory.resolve("other/incoming")).names();
        }
    }

    @Nested
    class Crashes extends CrashContract {
        @Override
        VolumeDriver open(CrashPoint crash) throws IOException {
            return new MemoryDriver(directory, crash);
        }

        @Override
        List<String> leftovers() throws IOException {
            return new Tree(directory.resolve("incoming")).names();
        }
    }
}
