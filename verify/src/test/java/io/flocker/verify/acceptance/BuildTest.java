package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.verify.server.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `build:` in Compose files, on a real engine.
@Tag("engine")
class BuildTest {
    private static final String SHOP = """
            services:
              shop:
                build: ./app
                command: httpd -f -p 8080 -h /www
                ports: ["8501:8080"]
                stop_signal: SIGKILL
            """;
    private static final String DOCKERFILE = """
            FROM flocker/busybox:1
            COPY page.html /www/
            RUN cp /www/page.html /www/copy.html
            """;

    private static Servers server;

    @BeforeAll
    static void up() throws Exception {
        server = new Servers(20);
    }

    @AfterAll
    static void down() throws Exception {
        server.close();
    }

    private static Path app(Path compose, String dockerfile, String page) throws Exception {
        Path app = Files.createDirectories(compose.resolveSibling("app"));
        Files.writeString(app.resolve("Dockerfile"), dockerfile);
        Files.writeString(app.resolve("page.html"), page);
        return app;
    }

    @Test
    void buildsWhatChangedAndServesIt() throws Exception {
        Path file = server.compose("shop", SHOP);
        Path app = app(file, DOCKERFILE, "one");
        String compose = file.toString();
        assertThat(server.succeed("up", "--dry-run", "-f", compose))
                .contains("+ image flocker.internal/shop-shop:", ", built from " + app, "+ service shop");
        assertThat(server.flocker("up", "--no-build", "-f", compose).errors()).contains("run flocker build");
        Servers.Answer first = server.flocker("up", "-f", compose);
        assertThat(first.errors()).contains("shop: building", "shop: built flocker.internal/shop-shop:");
        assertThat(first.exitCode()).isZero();
        assertThat(server.get(8501, "/copy.html")).isEqualTo("one");

        Servers.Answer again = server.flocker("up", "-f", compose);
        assertThat(again.exitCode()).isZero();
        assertThat(again.output()).doesNotContain("service shop", "image");
        assertThat(again.errors()).doesNotContain("building");

        Files.writeString(app.resolve("page.html"), "two");
        assertThat(server.flocker("diff", "-f", compose).output()).contains("+ image ", "~ service shop");
        Servers.Answer second = server.flocker("up", "--verbose", "-f", compose);
        assertThat(second.errors()).contains("shop | Step 3/3 : RUN");
        assertThat(server.get(8501, "/copy.html")).isEqualTo("two");

        Files.writeString(app.resolve("Dockerfile"), DOCKERFILE + "RUN echo no such luck; exit 7\n");
        Servers.Answer failed = server.flocker("up", "-f", compose);
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.errors())
                .contains("shop | no such luck", "The image of shop cannot be built: ", "non-zero code: 7");
        assertThat(server.get(8501, "/copy.html")).isEqualTo("two");

        Files.writeString(app.resolve("Dockerfile"), DOCKERFILE);
        assertThat(server.flocker("up", "--build", "-f", compose).errors()).contains("shop: building");
        assertThat(server.succeed("build", "-f", compose)).contains("Nothing to build");
        server.succeed("down", "-e", "shop");
    }

    @Test
    void namesTheResultAndNeverPullsIt() throws Exception {
        Path file = server.compose("named", """
                services:
                  web:
                    image: acme/web:1
                    build: {context: ./app, args: {WORD: hello}, labels: {team: shop}}
                    command: sleep 1000
                    stop_signal: SIGKILL
                """);
        app(file, "FROM flocker/busybox:1\nARG WORD=nothing\nRUN test $WORD = hello\n", "");
        server.succeed("build", "-f", file.toString(), "web");
        assertThat(server.node.docker("image", "inspect", "-f", "{{.Config.Labels.team}}", "acme/web:1"))
                .contains("shop");
        server.succeed("up", "-f", file.toString());
        server.succeed("down", "-e", "named");

        Path missing = server.compose("missing", """
                services:
                  web: {image: "flocker.internal/missing-web:0123456789ab", command: sleep 1000}
                """);
        Servers.Answer answer = server.flocker("up", "-f", missing.toString());
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.errors()).contains("is in no registry: run flocker up where the build's context is");
    }
}
