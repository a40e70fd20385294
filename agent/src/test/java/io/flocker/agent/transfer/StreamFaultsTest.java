package io.flocker.agent.transfer;

import io.flocker.agent.volume.MemoryDriver;
import io.flocker.agent.volume.Pool;
import io.flocker.agent.volume.VolumeDriver;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// What is damaged on its way, between pools in memory and on btrfs. `-Dflips=1000` flips as many bits on btrfs, too.
class StreamFaultsTest {
    private static final int FLIPS = 1_000;
    private static final int FLIPS_ON_BTRFS = Integer.getInteger("flips", 100);

    @TempDir
    private Path folder;

    @Nested
    class InMemory extends StreamFaultsContract {
        @Override
        VolumeDriver sender() throws IOException {
            return new MemoryDriver(folder.resolve("sending"));
        }

        @Override
        VolumeDriver receiver() throws IOException {
            return new MemoryDriver(pool());
        }

        @Override
        Path pool() {
            return folder.resolve("receiving");
        }

        @Override
        int flips() {
            return FLIPS;
        }
    }

    @Nested
    @Tag("engine")
    class OnBtrfs extends StreamFaultsContract {
        private Pool sending;
        private Pool receiving;

        @Override
        VolumeDriver sender() throws IOException {
            sending = Pool.open(folder.resolve("sending"), Pool.Kind.BTRFS, Pool.LEAST_BYTES);
            return sending.driver();
        }

        @Override
        VolumeDriver receiver() throws IOException {
            receiving = Pool.open(folder.resolve("receiving"), Pool.Kind.BTRFS, Pool.LEAST_BYTES);
            return receiving.driver();
        }

        @AfterEach
        void destroy() throws IOException {
            receiving.destroy();
            sending.destroy();
        }

        @Override
        Path pool() {
            return receiving.directory();
        }

        @Override
        int flips() {
            return FLIPS_ON_BTRFS;
        }
    }
}
