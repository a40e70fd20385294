package io.flocker.verify.acceptance.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// A database that is backed up while it works, and started from its backups under other names.
/// One story, told in order.
@Tag("engine")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BackupsTest {
    private static final String COUNT = "SELECT count(*), sum(length(text)) FROM notes";
    private static final String INSERT =
            "INSERT INTO notes SELECT md5(random()::text) FROM generate_series(1, %d); CHECKPOINT";

    private static Servers servers;
    private static Path backups;
    private static Path small;
    private static String first = "";

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(13, "4G", 1);
        backups = Files.createDirectory(servers.work.resolve("the backups"));
        small = Files.createDirectory(servers.work.resolve("small"));
        start("shop");
        sql("shop", "CREATE TABLE notes (text varchar)");
        sql("shop", INSERT.formatted(100_000));
    }

    @AfterAll
    static void down() throws Exception {
        Program.of("umount", small.toString()).end();
        servers.close();
    }

    private static void start(String environment) throws IOException {
        servers.succeed(
                "up", "-e", environment, "-f", servers.compose("shop", """
                services:
                  db:
                    image: flocker/postgres:15
                    environment: {POSTGRES_PASSWORD: secret, PGPASSWORD: secret}
                    volumes: ["data:/var/lib/postgresql/data"]
                    healthcheck: {test: [CMD-SHELL, "pg_isready -h 127.0.0.1 -U postgres"], interval: 10s, retries: 6}
                    stop_signal: SIGINT
                volumes: {data: }
                """).toString());
    }

    private static String sql(String environment, String statement) throws IOException {
        return servers.succeed(
                        "exec", environment, "db", "--", "psql", "-h", "127.0.0.1", "-U", "postgres", "-tAc", statement)
                .strip();
    }

    private static String place(Path folder) {
        return "file://" + folder.toString().replace(" ", "%20");
    }

    private static String key() {
        return servers.work.resolve("backup.key").toString();
    }

    /// A command about backups, with the key.
    private static String succeed(String... arguments) throws IOException {
        return servers.succeed(withKey(arguments));
    }

    private static Servers.Answer ends(String... arguments) throws IOException {
        return servers.flocker(withKey(arguments));
    }

    private static String[] withKey(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--key-file", key()));
        return all.toArray(String[]::new);
    }

    /// The first block of the page, command by command, with another folder.
    private static List<String> page() throws IOException {
        Matcher block = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(servers.home.resolve("docs/how-to/backups.md")));
        assertThat(block.find()).isTrue();
        return block.group(1)
                .replace("file:///mnt/backups", place(backups))
                .lines()
                .toList();
    }

    private static String shell(String command) throws IOException {
        return Program.of(
                        "bash",
                        "-c",
                        "cd '" + servers.work + "' && export NO_COLOR=1 FLOCKER_ROOT=" + servers.node.root() + " PATH="
                                + servers.home.resolve("dist/bin")
                                + ":$PATH FLOCKER_BACKUP_KEY_FILE=$PWD/backup.key && "
                                + command)
                .within(Duration.ofMinutes(3))
                .run();
    }

    @Test
    @Order(1)
    void whatThePageSaysBacksADatabaseUpAndRestoresIt() throws Exception {
        var said = new StringBuilder();
        int made = 0;
        for (String command : page()) {
            if (command.startsWith("flocker backup shop/data") && made++ == 1) {
                sql("shop", INSERT.formatted(1_000));
            }
            said.append("$ ").append(command).append('\n').append(shell(command));
        }
        System.out.println(said);

        List<String> listed = succeed("backup", "ls", place(backups)).lines().toList();
        assertThat(listed).hasSize(3);
        first = listed.get(1).split(" +", 2)[0];
        assertThat(listed.get(1)).containsPattern("shop/data .* - +btrfs|zfs");
        assertThat(listed.get(2)).contains(first);
        // What has changed is less than all of it.
        assertThat(bytes("chunks", listed.get(2).split(" +", 2)[0])).isLessThan(bytes("chunks", first) / 2);

        start("lab");
        assertThat(sql("lab", COUNT)).isEqualTo("101000|3232000").isEqualTo(sql("shop", COUNT));
        assertThat(sql("lab", "SELECT md5(string_agg(text, ',' ORDER BY text)) FROM notes"))
                .isEqualTo(sql("shop", "SELECT md5(string_agg(text, ',' ORDER BY text)) FROM notes"));
        assertThat(labels()).as("snapshots for backups").hasSize(1);
        assertThat(ends("restore", place(backups), "--as", "lab/data").errors()).contains("has a volume data already");
    }

    private static long bytes(String kind, String backup) throws IOException {
        try (var files = Files.walk(backups.resolve(kind))) {
            return files.filter(file -> file.toString().contains(backup) && Files.isRegularFile(file))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static List<String> labels() throws IOException {
        return servers.succeed("snapshot", "ls", "shop/data")
                .lines()
                .filter(line -> line.contains(" backup-"))
                .toList();
    }

    @Test
    @Order(2)
    void anOlderBackupIsTheDatabaseAsItWas() throws Exception {
        succeed("restore", place(backups), "--at", first, "--as", "old/data");
        start("old");
        assertThat(sql("old", COUNT)).isEqualTo("100000|3200000");
        servers.succeed("down", "-e", "old", "--volumes");
    }

    @Test
    @Order(3)
    void aBackupThatTheDaemonDiesInNeverWas() throws Exception {
        String errand = succeed("backup", "shop/data", "--to", place(backups), "--full", "--rate", "4M", "--detach")
                .strip();
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        !servers.succeed("backup", "show", "-o", "json", errand).contains("\"doneBytes\" : 0"));
        assertThat(ends("backup", "shop/data", "--to", place(backups)).errors())
                .contains("There is a backup of shop/data under way: " + errand);

        servers.node.kill(LabNode.Part.DAEMON);
        servers.node.startDaemon(servers.home);

        assertThat(servers.flocker("backup", "show", errand).errors())
                .contains("knows nothing of " + errand, "begin it again");
        assertThat(succeed("backup", "ls", "-q", place(backups)).lines()).hasSize(2);
        assertThat(succeed("backup", "shop/data", "--to", place(backups)))
                .containsPattern("- \\d+ chunks of backups that broke off")
                .contains("what differs from");
        succeed("backup", "verify", place(backups));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(labels()).hasSize(1));
    }

    @Test
    @Order(4)
    void aRestoreThatTheDaemonDiesInLeavesNothing() throws Exception {
        String errand = succeed("restore", place(backups), "--as", "half/data", "--rate", "4M", "--detach")
                .strip();
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        !servers.succeed("backup", "show", "-o", "json", errand).contains("\"doneBytes\" : 0"));
        servers.node.kill(LabNode.Part.DAEMON);
        servers.node.startDaemon(servers.home);

        assertThat(servers.succeed("volume", "ls")).doesNotContain("half");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(found("restoring-*") + found("half.data.*")).isEmpty());
        succeed("restore", place(backups), "--as", "half/data");
    }

    /// A pool lets nothing go that is being read: the name is free at once, the space when the
    /// backup is done.
    @Test
    @Tag("soak") // It takes more than half a minute.
    @Order(5)
    void aVolumeThatIsDeletedMeanwhileIsBackedUpWholeAndThenGone() throws Exception {
        String errand = succeed("backup", "half/data", "--to", place(backups), "--rate", "8M", "--detach")
                .strip();
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        !servers.succeed("backup", "show", "-o", "json", errand).contains("\"doneBytes\" : 0"));
        servers.succeed("volume", "rm", "half/data");
        servers.succeed("backup", "show", "-f", errand);
        String made = succeed("backup", "ls", place(backups))
                .lines()
                .filter(line -> line.contains("half/data"))
                .map(line -> line.split(" +", 2)[0])
                .findFirst()
                .orElseThrow();
        succeed("backup", "verify", place(backups), made);
        succeed("backup", "rm", place(backups), made);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(found("half.data.*")).isEmpty());
    }

    /// What the node's files have of that name.
    private static String found(String name) throws IOException {
        return Program.of("find", servers.node.root().toString(), "-maxdepth", "8", "-name", name)
                .run();
    }

    @Test
    @Order(6)
    void aDestinationThatIsFullOrReadOnlyIsTold() throws Exception {
        Program.of("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", small.toString())
                .run();
        Servers.Answer full = ends("backup", "shop/data", "--to", place(small));
        assertThat(full.exitCode()).isEqualTo(1);
        assertThat(full.errors()).contains("Could not write to file://" + small + ": No space left on device");
        Program.of("mount", "-o", "remount,ro", small.toString()).run();
        assertThat(ends("backup", "shop/data", "--to", place(small)).errors()).contains("Read-only file system");
        Program.of("umount", small.toString()).run();
        assertThat(ends("backup", "shop/data", "--to", place(small.resolve("absent")))
                        .errors())
                .contains("There is no folder");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(labels()).hasSize(1));
    }

    @Test
    @Order(7)
    void oneFlippedBitIsFound() throws Exception {
        Path chunk;
        try (var files = Files.walk(backups.resolve("chunks"))) {
            chunk = files.filter(file -> file.toString().contains(first) && Files.isRegularFile(file))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        byte[] content = Files.readAllBytes(chunk);
        content[content.length / 3] ^= 4;
        Files.write(chunk, content);

        Servers.Answer verified = ends("backup", "verify", place(backups));
        assertThat(verified.exitCode()).isEqualTo(1);
        assertThat(verified.errors()).contains("Backup " + first + " is damaged");
        assertThat(ends("restore", place(backups), "--as", "bad/data").errors()).contains("is damaged");
        assertThat(servers.succeed("volume", "ls")).doesNotContain("bad");
        assertThat(ends("backup", "rm", place(backups), first).errors()).contains("Nothing was deleted");

        succeed("backup", "shop/data", "--to", place(backups), "--full", "--keep", "1");
        assertThat(succeed("backup", "ls", "-q", place(backups)).lines()).hasSize(1);
        succeed("backup", "verify", place(backups));
    }

    /// As from another machine: the server is not on the node, and the daemon has the little
    /// memory that it always has.
    @Test
    @Tag("soak") // The bucket has a test of its own.
    @Order(8)
    void aBucketIsAsGoodAsAFolder() throws Exception {
        try (var bucket = new Bucket(servers.work.resolve("s3"), "10.98.13.254")) {
            String url = "s3://" + Bucket.NAME + "/prod?endpoint=" + bucket.endpoint();
            Files.writeString(servers.work.resolve("s3.credentials"), bucket.credentials());
            String[] login = {
                "--s3-credentials", servers.work.resolve("s3.credentials").toString()
            };
            for (String side : List.of("one", "two")) {
                sql("shop", "CREATE TABLE side_" + side + " (text varchar)");
                succeed("backup", "shop/data", "--to", url, login[0], login[1]);
            }
            System.out.println(succeed("backup", "ls", url, login[0], login[1]));
            succeed("backup", "verify", url, login[0], login[1]);
            succeed("restore", url, "--as", "bucket/data", login[0], login[1]);
            start("bucket");
            assertThat(sql("bucket", COUNT)).isEqualTo(sql("shop", COUNT));
            assertThat(sql("bucket", "SELECT count(*) FROM side_one, side_two")).isEqualTo("0");
            Servers.Answer refused = ends("backup", "ls", url.replace(Bucket.NAME, "absent"), login[0], login[1]);
            assertThat(refused.errors()).contains("there is no such bucket");
        }
        assertThat(Files.readString(servers.node.daemonLog())).doesNotContain(Bucket.SECRET, "OutOfMemoryError");
    }
}
