package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.shell.ExitCode;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the commands about backups ask for and print.
final class BackupTest {
    private static final long NOW = Terminal.NOW.toEpochMilli();
    private static final Backups.Backup FULL =
            new Backups.Backup("b1-x", "shop/data", "", "btrfs", "1.1", NOW - 3_600_000, 3 << 20, 0);
    private static final Backups.Backup NEXT =
            new Backups.Backup("b2-y", "shop/data", "b1-x", "btrfs", "1.2", NOW - 60_000, 4096, 1);

    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;
    private String key;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
        key = root.resolve("backup.key").toString();
        assertThat(terminal.run("backup", "key", key)).isZero();
        assertThat(terminal.out()).contains("Keep a copy of it away from the cluster");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static Backups.Errand errand(String state, String error, String... told) {
        return new Backups.Errand(
                "n1/7",
                "backup",
                "shop/data",
                "root",
                state,
                3 << 20,
                6 << 20,
                NOW - 2_000,
                state.equals("running") ? 0 : NOW,
                error,
                List.of(told),
                List.of(FULL, NEXT));
    }

    @Test
    void aKeyIsForItsOwnerAloneAndNeverOverwritten() throws IOException {
        Path file = Path.of(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        String before = Files.readString(file);
        assertThat(terminal.run("backup", "key", key)).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("is there already");
        assertThat(Files.readString(file)).isEqualTo(before);
        assertThat(terminal.run("backup", "key", key + 2)).isZero();
        assertThat(Files.readString(Path.of(key + 2))).isNotEqualTo(before);
    }

    @Test
    void aBackupIsFollowedToItsEnd() throws IOException {
        api.on("POST /v2/volumes/shop/data/backups?dryRun=false", errand("running", ""))
                .on("GET /v2/errands/n1/7?wait=1", errand("running", ""))
                .on("GET /v2/errands/n1/7?wait=1", errand("done", "", "+ backup b2-y"));
        assertThat(terminal.run(
                        "backup",
                        "shop/data",
                        "--to",
                        "file:///mnt/x",
                        "-k",
                        key,
                        "--keep",
                        "7",
                        "--keep-days",
                        "30",
                        "--rate",
                        "20M",
                        "--full"))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out())
                .isEqualTo("+ backup b2-y\nDone: shop/data: backup, 3.0M of about 6.0M, 1.5M/s, 2 seconds\n");
        assertThat(api.asked().getFirst())
                .contains("\"url\":\"file:///mnt/x\"", "\"full\":true", "\"newest\":7", "\"days\":30")
                .contains("\"bytesPerSecond\":20971520", "\"keyBase64\":\"" + secret() + "\"");
    }

    private String secret() throws IOException {
        return Files.readAllLines(Path.of(key)).getLast();
    }

    @Test
    void oneThatFailsSaysWhyAndADetachedOneWhatItIsCalled() {
        api.on("POST /v2/volumes/shop/data/backups?dryRun=false", errand("failed", "No space left"));
        assertThat(terminal.run("backup", "shop/data", "--to", "file:///mnt/x", "-k", key))
                .isEqualTo(ExitCode.FAILED);
        assertThat(terminal.err()).contains("backup of shop/data failed: No space left");
        assertThat(terminal.run("backup", "shop/data", "--to", "file:///mnt/x", "-k", key, "-d"))
                .isZero();
        assertThat(terminal.out()).isEqualTo("n1/7\n");
    }

    @Test
    void nothingIsBackedUpWithoutAKey() throws IOException {
        assertThat(terminal.run("backup", "shop/data", "--to", "file:///mnt/x")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("always encrypted", "--key-file", "flocker backup key");
        assertThat(terminal.run("backup", "shop/data", "--to", "file:///mnt/x", "-k", "absent"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("there is no such file");
        Files.writeString(root.resolve("wrong"), "c2hvcnQ=\n");
        assertThat(terminal.run("backup", "shop/data", "--to", "file:///mnt/x", "-k", root + "/wrong"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("is not a key for backups").doesNotContain("c2hvcnQ");
        assertThat(terminal.run("backup")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("flocker backup VOLUME --to URL");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void credentialsComeFromTheFile() throws IOException {
        Path credentials = root.resolve("credentials");
        Files.writeString(credentials, """
                [other]
                aws_access_key_id = OTHER
                aws_secret_access_key = other
                [default]
                # a comment
                aws_access_key_id = AKIA
                aws_secret_access_key = hush=hush
                """);
        api.on("POST /v2/backups/list", errand("done", ""));
        assertThat(terminal.run(
                        "backup",
                        "ls",
                        "s3://shop/x",
                        "-k",
                        key,
                        "--s3-credentials",
                        credentials.toString(),
                        "--endpoint",
                        "http://minio:9000"))
                .as(terminal.err())
                .isZero();
        assertThat(api.asked().getFirst())
                .contains(
                        "\"accessKey\":\"AKIA\"", "\"secretKey\":\"hush=hush\"", "\"endpoint\":\"http://minio:9000\"");
        Files.writeString(credentials, "aws_secret_access_key = hush\n");
        assertThat(terminal.run("backup", "ls", "s3://shop", "-k", key, "--s3-credentials", credentials.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("has no lines aws_access_key_id").doesNotContain("hush");
        assertThat(terminal.run("backup", "ls", "file:///x", "-k", key, "--region", "x"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void lsShowsWhatBuildsUponWhat() {
        api.on("POST /v2/backups/list", errand("done", ""));
        assertThat(terminal.run("backup", "ls", "file:///mnt/x", "-k", key)).isZero();
        assertThat(terminal.out()).isEqualTo("""
                BACKUP   VOLUME      TAKEN          SIZE   BUILDS UPON   POOL
                b1-x     shop/data   1 hour ago     3.0M   -             btrfs
                b2-y     shop/data   1 minute ago   4.0K   b1-x          btrfs
                """);
        assertThat(terminal.run("backup", "ls", "file:///mnt/x", "-k", key, "-q"))
                .isZero();
        assertThat(terminal.out()).isEqualTo("b1-x\nb2-y\n");
        assertThat(terminal.run("backup", "ls", "file:///mnt/x", "-k", key, "-o", "json"))
                .isZero();
        assertThat(terminal.out()).contains("\"base\" : \"b1-x\"");
    }

    @Test
    void aRestoreTakesABackupOrAMoment() {
        api.on("POST /v2/restores?dryRun=false", errand("done", ""))
                .on("POST /v2/restores?dryRun=true", errand("done", ""));
        assertThat(terminal.run("restore", "file:///x", "--at", "b1-x", "--as", "lab/data", "--node", "n2", "-k", key))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out()).contains("from the next flocker up on");
        assertThat(terminal.run(
                        "restore",
                        "file:///x",
                        "--at",
                        "1h ago",
                        "--of",
                        "shop/data",
                        "--as",
                        "lab/data",
                        "-k",
                        key,
                        "--dry-run"))
                .isZero();
        assertThat(api.asked().getFirst()).contains("\"id\":\"b1-x\"", "\"node\":\"n2\"", "\"volume\":\"data\"");
        assertThat(api.asked().getLast()).contains("\"notAfterMillis\":" + (NOW - 3_600_000), "\"of\":\"shop/data\"");
    }

    @Test
    void whatGoesOnIsShownAndCancelled() {
        api.on("GET /v2/errands/n1/7?wait=0", errand("running", ""))
                .on("POST /v2/errands/n1/7/cancel", errand("running", ""))
                .on("GET /v2/errands/n1/7?wait=20", errand("failed", "Cancelled"));
        assertThat(terminal.run("backup", "show", "n1/7")).isZero();
        assertThat(terminal.out()).isEqualTo("shop/data: backup, 3.0M of about 6.0M, 1.5M/s, 2 seconds, running\n");
        assertThat(terminal.run("backup", "cancel", "n1/7")).isZero();
        assertThat(terminal.out()).isEqualTo("backup of shop/data is cancelled\n");
        assertThat(terminal.run("backup", "show", "seven")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void everyCommandOfThePageIsOne() throws IOException {
        Path page = Path.of(System.getProperty("flocker.home", ".."), "docs/how-to/backups.md");
        List<String> commands = Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("flocker ") || line.startsWith("0 3 * * *  flocker "))
                .map(line -> line.replaceFirst("^.*?flocker ", "").replaceFirst(" +#.*", ""))
                .toList();
        assertThat(commands).hasSizeGreaterThan(9);
        for (String command : commands) {
            Flocker.commandLine().parseArgs(command.split(" +"));
        }
    }
}
