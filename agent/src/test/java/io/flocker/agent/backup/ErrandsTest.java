package io.flocker.agent.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Backups;
import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups as they should be, into a folder whose name is not a simple one.
class ErrandsTest {
    @TempDir
    private Path folder;

    private Scene scene;
    private Backups.Destination destination;

    @BeforeEach
    void begin() throws IOException {
        destination = Scene.folder(folder.resolve("a b+ä"));
        scene = new Scene(folder, destination);
    }

    @AfterEach
    void end() {
        scene.close();
    }

    private static Backups.Backup only(Backups.Errand errand) {
        assertThat(errand.error()).isEmpty();
        assertThat(errand.state()).isEqualTo("done");
        assertThat(errand.backups()).hasSize(1);
        return errand.backups().getFirst();
    }

    @Test
    void aFullBackupAndWhatBuildsUponItAreRestoredAsTheyWere() throws Exception {
        scene.write("file", "one");
        Backups.Backup first = only(scene.backup());
        scene.write("file", "two");
        Backups.Backup second = only(scene.backup());

        assertThat(first.base()).isEmpty();
        assertThat(second.base()).isEqualTo(first.id());
        assertThat(second.builtUpon()).isOne();
        assertThat(scene.list()).containsExactly(first, second);
        assertThat(scene.made)
                .containsExactly(
                        new Backups.Made(Scene.VOLUME, "backup-x-", "", List.of("1.1")),
                        new Backups.Made(Scene.VOLUME, "backup-x-", "", List.of("1.2")));

        only(scene.restore("newest", ""));
        only(scene.restore("older", first.id()));
        only(scene.restore("then", destination, new Backups.Which("", Scene.NAME, first.takenAtMillis())));
        assertThat(scene.read("newest", "file")).isEqualTo("two");
        assertThat(scene.read("older", "file")).isEqualTo("one");
        assertThat(scene.read("then", "file")).isEqualTo("one");
        assertThat(scene.volumes.list().keySet())
                .containsExactlyInAnyOrder(Scene.VOLUME, scene.id("newest"), scene.id("older"), scene.id("then"));
    }

    @Test
    void aStreamOfSeveralChunksIsWhole() throws Exception {
        var content = new byte[2 * Manifest.CHUNK_BYTES + 12_345];
        new SplittableRandom(7).nextBytes(content);
        scene.write("large", content);

        Backups.Errand errand = scene.backup();

        assertThat(only(errand).bytes()).isGreaterThan(content.length).isEqualTo(errand.doneBytes());
        assertThat(scene.files("chunks/")).hasSize(3);
        only(scene.verify(""));
        only(scene.restore("copy", ""));
        assertThat(Files.readAllBytes(scene.volumes.headPath(scene.id("copy")).resolve("large")))
                .isEqualTo(content);
    }

    @Test
    void nothingInTheDestinationCanBeReadWithoutTheKey() throws Exception {
        scene.write("marker-in-a-name", "marker-in-a-file");
        only(scene.backup());
        for (Path file : scene.files("")) {
            String stored = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            assertThat(stored).doesNotContain("marker", Scene.KEY, Scene.NAME);
        }
    }

    @Test
    void twoBackupsOfTheSameDataHaveNothingInCommon() throws Exception {
        scene.write("file", "the same");
        var full = new Backups.Make(destination, true, Backups.Keep.ALL, 0);
        only(scene.backup(full));
        only(scene.backup(full));
        List<Path> chunks = scene.files("chunks/");
        assertThat(chunks).hasSize(2);
        assertThat(Files.readAllBytes(chunks.getFirst())).isNotEqualTo(Files.readAllBytes(chunks.getLast()));
    }

    @Test
    void aChainBecomesNoLongerThanItMay() throws Exception {
        for (int i = 0; i <= BackupWork.MOST_BUILT_UPON + 1; i++) {
            only(scene.backup());
        }
        List<Backups.Backup> all = scene.list();
        assertThat(all.stream().filter(each -> each.base().isEmpty()).map(Backups.Backup::id))
                .containsExactly(all.getFirst().id(), all.getLast().id());
        assertThat(all.get(all.size() - 2).builtUpon()).isEqualTo(BackupWork.MOST_BUILT_UPON);
    }

    @Test
    void aBackupWhoseBaseIsNotHereAnyMoreIsAFullOne() throws Exception {
        only(scene.backup());
        scene.volumes.deleteSnapshot(new SnapshotId(Scene.VOLUME, 1, 1));
        assertThat(only(scene.backup()).base()).isEmpty();
    }

    @Test
    void oldOnesGoUnlessNewerOnesNeedThem() throws Exception {
        var keepTwo = new Backups.Make(destination, false, new Backups.Keep(2, 0), 0);
        var full = new Backups.Make(destination, true, new Backups.Keep(2, 0), 0);
        Backups.Backup first = only(scene.backup(keepTwo));
        Backups.Backup second = only(scene.backup(keepTwo));
        Backups.Backup third = only(scene.backup(keepTwo));
        assertThat(scene.list()).extracting(Backups.Backup::id).containsExactly(first.id(), second.id(), third.id());

        Backups.Backup fourth = only(scene.backup(full));
        Backups.Errand last = scene.backup(full);
        Backups.Backup fifth = only(last);

        assertThat(scene.list()).extracting(Backups.Backup::id).containsExactly(fourth.id(), fifth.id());
        assertThat(last.told()).contains("- backup " + first.id(), "- backup " + second.id(), "- backup " + third.id());
        assertThat(scene.files("chunks/").stream()
                        .map(file -> String.valueOf(file.resolveSibling("").getFileName()))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(fourth.id(), fifth.id());
    }

    @Test
    void whatOthersBuildUponIsDeletedTogetherWithThemOnly() throws Exception {
        Backups.Backup first = only(scene.backup());
        Backups.Backup second = only(scene.backup());

        Backups.Errand refused = scene.delete(first.id());
        assertThat(refused.error()).contains("Nothing was deleted: " + second.id() + " builds upon it");
        assertThat(scene.list()).hasSize(2);

        assertThat(scene.delete(first.id(), second.id()).error()).isEmpty();
        assertThat(scene.files("")).isEmpty();
        assertThat(scene.delete(first.id()).error()).contains("There is no backup " + first.id());
    }

    @Test
    void aRehearsalTellsAndDoesNothing() throws Exception {
        Backups.Backup first = only(scene.backup());
        List<Path> before = scene.files("");
        var make = new Backups.Make(destination, false, new Backups.Keep(1, 0), 0);

        Backups.Errand told = scene.run(new Backups.MakeTask(make, Scene.VOLUME, Scene.NAME, "", 0, "backup-x-", true));
        Backups.Errand restore = scene.run(new Backups.RestoreTask(
                new Backups.Restore(destination, new Backups.Which("", "", 0), "lab", "copy", "", 0),
                new Backups.Restored("lab.copy.1", "lab", "copy", "mary", ""),
                true));

        assertThat(told.told()).anyMatch(line -> line.contains("what differs from " + first.id()));
        assertThat(restore.told())
                .containsExactly("+ volume lab/copy on n1: " + Scene.NAME + " as of backup " + first.id());
        assertThat(scene.files("")).isEqualTo(before);
        assertThat(scene.made).hasSize(1);
        assertThat(scene.volumes.list()).hasSize(1);
    }
}
