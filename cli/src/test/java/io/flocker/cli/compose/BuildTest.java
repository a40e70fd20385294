package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.compose.spec.ServiceBuild;
import io.flocker.core.spec.ServiceSpec.Pull;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `build` in Compose files.
final class BuildTest {
    @TempDir
    Path folder;

    private Project project;

    @BeforeEach
    void start() {
        project = new Project(folder).file("app/Dockerfile", "FROM x\n").file("app/page", "one");
    }

    private ComposeFile read(String services) {
        return project.file("compose.yaml", "name: shop\nservices:\n" + services.indent(2))
                .read();
    }

    private static ServiceBuild build(ComposeFile file, String service) {
        return Objects.requireNonNull(file.builds().get(service));
    }

    private static String image(ComposeFile file, String service) {
        return Objects.requireNonNull(file.application().services().get(service))
                .image();
    }

    @Test
    void namesTheImageAfterWhatItIsBuiltFrom() {
        ComposeFile file = read("web: {build: ./app}");
        String image = image(file, "web");
        assertThat(image).matches("flocker\\.internal/shop-web:[0-9a-f]{12}");
        assertThat(build(file, "web").request().image()).isEqualTo(image);
        assertThat(build(file, "web").context().folder()).isEqualTo(folder.resolve("app"));
        assertThat(Objects.requireNonNull(file.application().services().get("web"))
                        .pull())
                .isEqualTo(Pull.NEVER);
        assertThat(image(read("web: {build: {context: app}}"), "web")).isEqualTo(image);
        project.file("app/page", "two");
        assertThat(image(read("web: {build: ./app}"), "web")).isNotEqualTo(image);
    }

    @Test
    void readsEveryKey() {
        project.file("app/Dockerfile.prod", "FROM y\n").variable("TOKEN", "t");
        ComposeFile file = read("""
                web:
                  image: acme/web:1
                  platform: linux/amd64
                  pull_policy: build
                  build:
                    context: ./app
                    dockerfile: Dockerfile.prod
                    args: [A=1, TOKEN, UNSET]
                    target: run
                    labels: {team: shop}
                    no_cache: true
                    pull: true
                """);
        var request = build(file, "web").request();
        assertThat(request.alias()).isEqualTo("acme/web:1");
        assertThat(request.dockerfile()).isEqualTo("Dockerfile.prod");
        assertThat(request.args()).isEqualTo(Map.of("A", "1", "TOKEN", "t"));
        assertThat(request.target()).isEqualTo("run");
        assertThat(request.labels()).isEqualTo(Map.of("team", "shop"));
        assertThat(request.platform()).isEqualTo("linux/amd64");
        assertThat(request.noCache()).isTrue();
        assertThat(request.pull()).isTrue();
        assertThat(build(file, "web").always()).isTrue();
    }

    @Test
    void argumentsAndTargetMakeAnotherImage() {
        String plain = image(read("web: {build: ./app}"), "web");
        assertThat(image(read("web: {build: {context: app, args: {A: 1}}}"), "web"))
                .isNotEqualTo(plain);
        assertThat(image(read("web: {build: {context: app, target: run}}"), "web"))
                .isNotEqualTo(plain);
        assertThat(image(read("web: {build: {context: app, no_cache: true}}"), "web"))
                .isEqualTo(plain);
    }

    @Test
    void servicesShareWhatIsBuiltAlike() {
        ComposeFile file = read("""
                web: {build: ./app, image: acme/app}
                worker: {build: ./app, image: acme/app}
                cron: {image: acme/app, command: crond}
                """);
        assertThat(image(file, "worker")).isEqualTo(image(file, "web")).isEqualTo(image(file, "cron"));
        assertThat(build(file, "worker")).isSameAs(build(file, "web"));
        assertThat(file.builds()).containsOnlyKeys("web", "worker");
    }

    @Test
    void refusesTwoImagesOfOneName() {
        project.file("compose.yaml", """
                services:
                  a: {build: ./app, image: x}
                  b: {build: {context: app, target: y}, image: x}
                """);
        assertThat(project.complaints())
                .containsExactly("compose.yaml:3:48: services.b.image is \"x\", which another service builds from"
                        + " something else; name one of them otherwise");
    }
}
