package io.flocker.agent.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flocker.agent.backup.store.Store;
import io.flocker.agent.backup.store.Stores;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.api.Backups;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong with backups, and that nothing of it is taken for a backup or a volume.
class FaultsTest {
    @TempDir
    private Path folder;

    private Scene scene;
    private Backups.Destination destination;
    /// What happens before an object is put.
    private volatile Before before = _ -> {};

    /// Something that happens.
    private interface Before {
        void put(String object) throws IOException;
    }

    @BeforeEach
    void begin() throws IOException {
        destination = Scene.folder(folder.resolve("destination"));
        scene = new Scene(folder, destination, this::disturbed);
    }

    @AfterEach
    void end() {
        scene.close();
    }

    private Store disturbed(Backups.Destination where) throws IOException {
        Store store = Stores.ALL.open(where);
        return (Store) Proxy.newProxyInstance(
                FaultsTest.class.getClassLoader(), new Class<?>[] {Store.class}, (_, method, arguments) -> {
                    if (method.getName().equals("put")) {
                        before.put(String.valueOf(arguments[0]));
                    }
                    return invoke(store, method, arguments);
                });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Backups.Backup backedUp() throws Exception {
        Backups.Errand errand = scene.backup();
        assertThat(errand.error()).isEmpty();
        return errand.backups().getFirst();
    }

    private void flipABit(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
    }

    private void nothingIsRestored(Backups.Errand failed, String... why) throws IOException {
        assertThat(failed.state()).isEqualTo("failed");
        assertThat(failed.error()).contains(why);
        assertThat(scene.restored).isEmpty();
        assertThat(scene.volumes.list()).containsOnlyKeys(Scene.VOLUME);
    }

    @Test
    void oneFlippedBitIsSeenByVerifyAndStopsARestore() throws Exception {
        scene.write("file", "content");
        Backups.Backup first = backedUp();
        Backups.Backup second = backedUp();
        Path damaged = scene.files("chunks/").getFirst();
        flipABit(damaged);

        nothingIsRestored(
                scene.restore("copy", ""),
                "Backup " + first.id() + " is damaged",
                "has another checksum than it was written with");
        Backups.Errand checked = scene.verify("");
        assertThat(checked.error()).contains("2 of 2 backups", "Backup " + first.id() + " is damaged");
        assertThat(checked.told()).anyMatch(line -> line.contains(second.id() + " cannot be restored: it builds upon"));
    }

    @Test
    void aDamagedManifestIsToldAndTheOthersAreOfUse() throws Exception {
        scene.write("file", "content");
        Backups.Backup first = backedUp();
        Backups.Backup second = backedUp();
        flipABit(scene.files("manifests/").getLast());

        assertThat(scene.verify("").error()).contains("The manifest of backup " + second.id() + " is damaged");
        assertThat(scene.list()).containsExactly(first);
        // Somebody who wants the newest is not given an older one without a word.
        nothingIsRestored(scene.restore("copy", ""), "choose another one with --at");
        assertThat(scene.restore("copy", first.id()).error()).isEmpty();
    }

    @Test
    void aMissingChunkAndAMissingBaseAreNamed() throws Exception {
        Backups.Backup first = backedUp();
        Backups.Backup second = backedUp();
        Files.delete(scene.files("chunks/").getLast());
        nothingIsRestored(scene.restore("copy", ""), "Backup " + second.id() + " is damaged", "000000 is missing");

        Files.delete(scene.files("manifests/").getFirst());
        nothingIsRestored(scene.restore("copy", ""), second.id() + " builds upon " + first.id() + ", which is missing");
        assertThat(scene.verify(second.id()).error()).contains("which is missing");
    }

    @Test
    void chunksThatChangedPlacesAreSeen() throws Exception {
        var full = new Backups.Make(destination, true, Backups.Keep.ALL, 0);
        scene.write("file", "one");
        scene.backup(full);
        scene.write("file", "two");
        scene.backup(full);
        List<Path> chunks = scene.files("chunks/");
        byte[] other = Files.readAllBytes(chunks.getFirst());
        Files.write(chunks.getLast(), other);
        nothingIsRestored(scene.restore("copy", ""), "has another checksum");
    }

    @Test
    void anotherKeyIsNoUseForAnything() throws Exception {
        backedUp();
        var wrong = new Backups.Destination(destination.url(), "", "", Scene.OTHER_KEY, destination.login());

        nothingIsRestored(scene.restore("copy", wrong, new Backups.Which("", "", 0)), "was encrypted with another key");
        assertThat(scene.run(new Backups.LookTask(new Backups.Look(wrong, ""))).error())
                .contains("was encrypted with another key", "give the file that it was made with");
        Backups.Errand made = scene.backup(new Backups.Make(wrong, false, Backups.Keep.ALL, 0));
        assertThat(made.error()).contains("was encrypted with another key");
        assertThat(scene.made.getLast()).isEqualTo(new Backups.Made(Scene.VOLUME, "backup-x-", "1.2", List.of()));
        var none = new Backups.Destination(destination.url(), "", "", "c2hvcnQ=", destination.login());
        assertThat(scene.run(new Backups.LookTask(new Backups.Look(none, ""))).error())
                .contains("not of 32 bytes");
    }

    @Test
    void aSecretThatIsWhereNoneBelongsIsNotShown() throws Exception {
        var wrong = new Backups.Destination("s3://shop?secret=hush", "", "", Scene.KEY, destination.login());
        Backups.Errand looked = scene.run(new Backups.LookTask(new Backups.Look(wrong, "")));
        assertThat(looked.state()).isEqualTo("failed");
        assertThat(looked.toString()).doesNotContain("hush", Scene.KEY).contains("s3://shop");
    }

    @Test
    void aFolderThatIsNotThereIsNotMade() throws Exception {
        var absent = new Backups.Destination("file:///nowhere/at all", "", "", Scene.KEY, destination.login());
        Backups.Errand made = scene.backup(new Backups.Make(absent, false, Backups.Keep.ALL, 0));
        assertThat(made.error()).contains("There is no folder /nowhere/at all on this node", "mount");
    }

    @Test
    void aDestinationThatIsFullKeepsNothingOfTheBackup() throws Exception {
        scene.write("large", new byte[2 * Manifest.CHUNK_BYTES]);
        before = object -> {
            if (object.endsWith("000001")) {
                throw new IOException("Could not write to file:///x: No space left on device");
            }
        };
        Backups.Errand failed = scene.backup();

        assertThat(failed.error()).contains("No space left on device");
        assertThat(scene.files("")).isEmpty();
        assertThat(scene.made).containsExactly(new Backups.Made(Scene.VOLUME, "backup-x-", "1.1", List.of()));
        before = _ -> {};
        assertThat(backedUp().base()).isEmpty();
    }

    @Test
    void aVolumeThatIsDeletedMeanwhileIsNotBackedUp() throws Exception {
        for (int i = 0; i < 30; i++) {
            scene.write("file" + i, new byte[1 << 20]);
        }
        before = object -> {
            if (object.endsWith("000000")) {
                scene.volumes.delete(Scene.VOLUME);
            }
        };
        Backups.Errand failed = scene.backup();

        assertThat(failed.state()).isEqualTo("failed");
        assertThat(scene.files("")).isEmpty();
    }

    @Test
    void aVolumeIsBackedUpOnceAtATimeAndThatCanBeCancelled() throws Exception {
        scene.write("file", "content");
        var held = new CountDownLatch(1);
        var reached = new CountDownLatch(1);
        before = _ -> {
            reached.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException("interrupted");
            }
        };
        var make = new Backups.Make(destination, false, Backups.Keep.ALL, 0);
        Backups.Errand first = scene.begin(make);
        assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> scene.begin(make))
                .isInstanceOf(Errands.Refused.class)
                .hasMessageContaining("There is a backup of " + Scene.NAME + " under way: " + first.id())
                .hasMessageContaining("flocker backup cancel " + first.id());

        scene.cancel(first);
        Backups.Errand ended = scene.end(first);
        assertThat(ended.error()).isEqualTo("Cancelled");
        assertThat(scene.files("")).isEmpty();
        assertThat(scene.made).containsExactly(new Backups.Made(Scene.VOLUME, "backup-x-", "1.1", List.of()));
        before = _ -> {};
        backedUp();
    }

    @Test
    void whatADaemonLeftThatDiedIsClearedAwayByTheNextBackup() throws Exception {
        scene.write("file", "content");
        Backups.Backup first = backedUp();
        String left = "chunks/" + Scene.VOLUME + "/20260101t000000z-zz/";
        try (Store store = Stores.ALL.open(destination)) {
            store.put(left + "000000", new byte[10]);
            store.put(left + "000001", new byte[10]);
            store.put("chunks/another.volume.1/20260101t000000z-zz/000000", new byte[10]);
        }
        assertThat(scene.list()).containsExactly(first);

        Backups.Errand made = scene.backup();

        assertThat(made.told()).contains("- 2 chunks of backups that broke off");
        assertThat(scene.files(left)).isEmpty();
        assertThat(scene.files("chunks/another.volume.1")).hasSize(1);
        scene.verify("");
    }

    @Test
    void aDaemonThatDiedDuringARestoreLeavesNothingButVolumesTheClusterKnows() throws Exception {
        for (String id : List.of("r1", "r2")) {
            String staging = "restoring-" + id;
            scene.volumes.makeHead(
                    staging, new Head(1, "n1", Optional.empty(), Optional.empty()), VolumeDriver.Filler.NOTHING);
            scene.volumes.snapshot(new SnapshotId(staging, 1, 1));
            scene.volumes.makeHead(
                    "lab.copy." + id,
                    new Head(1, "n1", Optional.of(new SnapshotId(staging, 1, 1)), Optional.empty()),
                    VolumeDriver.Filler.NOTHING);
        }
        scene.known.add("lab.copy.r2");

        scene.restart(scene.volumes, Stores.ALL);

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(scene.volumes.list()).containsOnlyKeys(Scene.VOLUME, "lab.copy.r2"));
    }

    @Test
    void aVolumeThatTheClusterDoesNotWantIsGone() throws Exception {
        backedUp();
        scene.refusing = true;
        nothingIsRestored(scene.restore("copy", ""), "The name is taken");
    }

    @Test
    void aPoolOfAnotherKindIsToldBeforeAnythingIsRead() throws Exception {
        Backups.Backup first = backedUp();
        var other = (VolumeDriver) Proxy.newProxyInstance(
                FaultsTest.class.getClassLoader(),
                new Class<?>[] {VolumeDriver.class},
                (_, method, arguments) ->
                        method.getName().equals("kind") ? "zfs" : invoke(scene.volumes, method, arguments));
        scene.restart(other, Stores.ALL);
        nothingIsRestored(
                scene.restore("copy", ""),
                "Backup " + first.id() + " was made from a memory pool, and the pool of node n1 is zfs",
                "--node");
        // One that others cannot build upon either.
        assertThat(scene.backup().backups().getFirst().base()).isEmpty();
    }

    @Test
    void anErrandOfADaemonThatDiedIsToldToBeBegunAgain() throws Exception {
        Backups.Errand errand = scene.backup();
        scene.restart(scene.volumes, Stores.ALL);
        assertThatThrownBy(() -> scene.end(errand))
                .isInstanceOf(Errands.Refused.class)
                .hasMessageContaining("knows nothing of " + errand.id())
                .hasMessageContaining("begin it again");
    }
}
