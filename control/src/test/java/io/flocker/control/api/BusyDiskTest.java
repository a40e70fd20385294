package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.ProblemDetail;
import io.flocker.core.lease.LeaseTerms;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The disk that the log is on takes nothing for a while (fsfreeze): changes are refused, and nothing else is.
@Tag("engine")
@Timeout(120)
class BusyDiskTest {
    private static final String WEB =
            "{\"application\":{\"services\":{\"web\":{\"image\":\"web:1\",\"scale\":1}}},\"timeoutSeconds\":60}";

    @TempDir
    private Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        Path image = folder.resolve("disk.img");
        disk = Files.createDirectory(folder.resolve("disk"));
        succeed("truncate", "-s", "256M", image.toString());
        succeed("mkfs.btrfs", "-q", image.toString());
        succeed("mount", "-o", "loop", image.toString(), disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        run("fsfreeze", "-u", disk.toString());
        // The log may have a file open until this process ends.
        succeed("umount", "--lazy", disk.toString());
    }

    private static void succeed(String... command) throws Exception {
        assertThat(run(command)).as(String.join(" ", command)).isZero();
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void changesAreToComeAgainLaterAndLeasesGoOn() throws Exception {
        try (var plane = new OneNode(disk);
                HttpClient admin = plane.client(plane.authority.user("admin").context());
                HttpClient node = plane.client(
                        plane.authority.node("n1", List.of("127.0.0.1")).context())) {
            assertThat(plane.lease(node, "{}")).isEqualTo(LeaseTerms.USUAL.leaseMillis());
            succeed("fsfreeze", "-f", disk.toString());
            FutureTask<HttpResponse<String>> first = begun(() -> put(plane, admin, "first"));
            Thread.sleep(2_500);

            HttpResponse<String> refused = put(plane, admin, "second");
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(ProblemDetail.BUSY);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(refused.body()).contains("takes no more changes for now: 1 wait to be written down");
            assertThat(plane.lease(node, "{}")).as("a lease meanwhile").isEqualTo(LeaseTerms.USUAL.leaseMillis());
            assertThat(plane.send(admin, "GET", "/v2/nodes", "").statusCode())
                    .as("a read meanwhile")
                    .isEqualTo(200);
            assertThat(first.isDone()).as("whether what waits was given up").isFalse();

            succeed("fsfreeze", "-u", disk.toString());
            assertThat(first.get().statusCode()).as(first.get().body()).isEqualTo(200);
            HttpResponse<String> again = put(plane, admin, "second");
            assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        }
    }

    private static <T> FutureTask<T> begun(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static HttpResponse<String> put(OneNode plane, HttpClient client, String environment) throws Exception {
        return plane.send(client, "PUT", "/v2/environments/" + environment, WEB);
    }
}
