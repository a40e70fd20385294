package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.spec.Mount;
import io.flocker.core.spec.ServiceSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several files that make one project: found, merged, extended, included.
final class FilesTest {
    @TempDir
    Path folder;

    Project project;

    @BeforeEach
    void start() {
        project = new Project(folder);
    }

    @Test
    void findsTheUsualFileAndItsOverrideInThisFolderOrOneAbove() {
        project.file("docker-compose.yml", "services: {a: {image: old}}")
                .file("compose.yaml", "services: {a: {image: one}}")
                .file("compose.override.yml", "services: {a: {image: two}}")
                .file("sub/folder/empty", "");
        assertThat(project.service("a").image()).isEqualTo("two");
        ComposeRequest below = ComposeRequest.in(folder.resolve("sub/folder"), Map.of());
        assertThat(Project.read(below).application()).isEqualTo(project.application());
    }

    @Test
    void saysWhatToDoWithoutAnyFile() {
        assertThat(project.complaints())
                .singleElement()
                .asString()
                .contains("has no Compose file")
                .contains("-f");
    }

    @Test
    void mergesMapsAppendsListsAndReplacesTheRest() {
        project.file("compose.yaml", """
                        services:
                          a:
                            image: one
                            command: [run, one]
                            environment: [A=1, B=1]
                            labels: {x: one}
                            ports: ["80:80", "443:443"]
                            volumes: ["data:/data", "/cache"]
                            dns: 1.1.1.1
                            depends_on: [b]
                            healthcheck: {test: [CMD, one], retries: 1}
                            logging: {driver: json-file, options: {max-size: 1m}}
                          b: {image: b}
                        volumes: {data: , other: }
                        """).file("over.yaml", """
                        services:
                          a:
                            command: two
                            environment: {B: 2, C: 2}
                            ports: ["443:443", "81:81"]
                            volumes: ["other:/data", "/logs"]
                            dns: [8.8.8.8, 1.1.1.1]
                            depends_on: {c: {condition: service_healthy}}
                            healthcheck: {test: two, interval: 1s}
                            logging: {driver: syslog}
                          c: {image: c}
                        """);
        ServiceSpec a = merged();
        assertThat(a.image()).isEqualTo("one");
        assertThat(a.process().command()).contains(List.of("two"));
        assertThat(a.process().environment()).isEqualTo(Map.of("A", "1", "B", "2", "C", "2"));
        assertThat(a.ports()).map(port -> port.published()).containsExactly(80, 443, 81);
        assertThat(a.mounts()).map(Mount::path).containsExactly("/cache", "/data", "/logs");
        assertThat(a.volumeNames()).contains("other").doesNotContain("data");
        assertThat(a.sandbox().dns()).containsExactly("1.1.1.1", "8.8.8.8");
        assertThat(a.dependsOn().keySet()).containsExactly("b", "c");
        assertThat(a.healthCheck().orElseThrow().test()).containsExactly("CMD-SHELL", "two");
        assertThat(a.healthCheck().orElseThrow().retries()).isEqualTo(1);
        assertThat(a.sandbox().logOptions()).isEmpty();
    }

    private ServiceSpec merged() {
        ComposeFile file = project.read("compose.yaml", "over.yaml");
        return Objects.requireNonNull(file.application().services().get("a"));
    }

    @Test
    void takesKeysAwayAndReplacesWholeOnesByTags() {
        project.file(
                        "compose.yaml",
                        "services: {a: {image: one, ports: ['80:80'], labels: {x: y}, environment: {A: 1, B: 1}}}")
                .file("over.yaml", """
                        services:
                          a:
                            ports: !override ["81:81"]
                            labels: !reset null
                            environment: {A: !reset null}
                        """);
        ServiceSpec a = merged();
        assertThat(a.ports()).map(port -> port.published()).containsExactly(81);
        assertThat(a.labels()).isEmpty();
        assertThat(a.process().environment()).isEqualTo(Map.of("B", "1"));
    }

    @Test
    void extendsServicesOfThisFileAndOfOthersWhosePathsStayTheirOwn() {
        project.file("compose.yaml", """
                        services:
                          web: {extends: base, command: web}
                          base: {extends: {file: common/base.yaml, service: base}, environment: {B: compose}}
                        """).file("common/base.yaml", """
                        services:
                          root: {image: root, environment: {A: root, B: root}}
                          base: {extends: root, env_file: base.env, command: base}
                        """).file("common/base.env", "FROM=common");
        ServiceSpec web = project.service("web");
        assertThat(web.image()).isEqualTo("root");
        assertThat(web.process().command()).contains(List.of("web"));
        assertThat(web.process().environment()).isEqualTo(Map.of("A", "root", "B", "compose", "FROM", "common"));
    }

    @Test
    void includesOtherProjectsWithTheirOwnFolderAndVariables() {
        project.file("compose.yaml", """
                        include:
                          - db/compose.yaml
                          - path: [cache/one.yaml, cache/two.yaml]
                            env_file: cache/my.env
                        services: {web: {image: web, depends_on: [db, cache]}}
                        """)
                .file(
                        "db/compose.yaml",
                        "services: {db: {image: 'db:${TAG}', volumes: ['data:/data']}}\nvolumes: {data: }")
                .file("db/.env", "TAG=5")
                .file("cache/one.yaml", "services: {cache: {image: 'cache:${TAG}', command: one}}")
                .file("cache/two.yaml", "services: {cache: {command: two}}")
                .file("cache/my.env", "TAG=7");
        assertThat(project.service("db").image()).isEqualTo("db:5");
        assertThat(project.service("cache").image()).isEqualTo("cache:7");
        assertThat(project.service("cache").process().command()).contains(List.of("two"));
    }

    @Test
    void refusesIncludesInACircleAndNamesDefinedOnBothSides() {
        project.file("compose.yaml", "include: [b.yaml]\nservices: {a: {image: a}}")
                .file("b.yaml", "include: [compose.yaml]\nservices: {b: {image: b}}");
        assertThat(project.complaints())
                .containsExactly(
                        "b.yaml:1:11: files include each other in a circle: compose.yaml -> b.yaml -> compose.yaml");
        project.file("b.yaml", "services: {a: {image: other}}");
        assertThat(project.complaints())
                .singleElement()
                .asString()
                .startsWith("b.yaml:1:12: services.a is included, and defined at compose.yaml:2:12");
    }

    @Test
    void leavesOutServicesWhoseProfilesAreNotActive() {
        project.file("compose.yaml", """
                services:
                  always: {image: a}
                  debug: {image: b, profiles: [debug], volumes: ["data:/data"]}
                  tests: {image: c, profiles: [test], depends_on: [debug]}
                volumes: {data: }
                """);
        assertThat(project.application().services().keySet()).containsExactly("always");
        assertThat(project.application().volumes()).isEmpty();
        ComposeRequest request = project.request();
        assertThat(services(request.withProfiles(Set.of("debug")))).containsExactly("always", "debug");
        assertThat(services(request.withProfiles(Set.of("*")))).containsExactly("always", "debug", "tests");
        assertThat(services(request.withServices(Set.of("debug")))).containsExactly("always", "debug");
        assertThat(Project.complaints(request.withServices(Set.of("tests"))))
                .containsExactly("compose.yaml:4:52:"
                        + " services.tests.depends_on.debug needs the service \"debug\", which is not active; activate"
                        + " one of its profiles: debug");
        assertThat(Project.complaints(request.withServices(Set.of("tets"))))
                .containsExactly("compose.yaml:1:1: there is no service \"tets\"; did you mean \"tests\"?");
        project.variable("COMPOSE_PROFILES", "debug,test");
        assertThat(project.application().services()).hasSize(3);
    }

    private static Set<String> services(ComposeRequest request) {
        return Project.read(request).application().services().keySet();
    }

    @Test
    void namesTheProjectByArgumentThenVariableThenFileThenFolder() {
        project.file("My Shop_2/compose.yaml", "services: {a: {image: a}}");
        ComposeRequest request = ComposeRequest.in(folder.resolve("My Shop_2"), Map.of());
        assertThat(Project.read(request).projectName()).isEqualTo("myshop_2");
        project.file("My Shop_2/compose.yaml", "name: ${STAGE:-dev}-shop\nservices: {a: {image: a}}");
        assertThat(Project.read(request).projectName()).isEqualTo("dev-shop");
        project.file("My Shop_2/.env", "COMPOSE_PROJECT_NAME=from-env");
        assertThat(Project.read(request).projectName()).isEqualTo("from-env");
        assertThat(Project.read(request.withProject("asked")).projectName()).isEqualTo("asked");
        assertThat(Project.complaints(request.withProject("No!")))
                .singleElement()
                .asString()
                .contains("\"no\" would do");
    }

    @Test
    void takesVariablesFromTheEnvironmentThenFromEnvFiles() {
        project.file("compose.yaml", "services: {a: {image: 'a:${A}-${B}-${C:-none}'}}")
                .file(".env", "# comment\nexport A=file # comment\nB='x$A' # quoted\n")
                .file("other.env", "A=\"other\"\nB=${A}2\nC: 3\n")
                .file("third.env", "C=4");
        project.file(".env", "A=file\nB=\"b\"");
        assertThat(project.service("a").image()).isEqualTo("a:file-b-none");
        ComposeRequest request = project.request().withEnvFiles(List.of(Path.of("other.env"), Path.of("third.env")));
        assertThat(Project.read(request).application().services().get("a"))
                .extracting(
                        it -> Optional.ofNullable(it).map(ServiceSpec::image).orElse(""))
                .isEqualTo("a:other-other2-4");
        project.variable("A", "shell");
        assertThat(project.service("a").image()).isEqualTo("a:shell-b-none");
    }

    @Test
    void complainsAboutEnvFilesByLine() {
        project.file("compose.yaml", "services: {a: {image: a}}").file(".env", "A=1\nnot a variable\nB='open\n");
        assertThat(project.complaints())
                .containsExactly(
                        ".env:2:1: a line must be KEY=value, not \"not a variable\"",
                        ".env:3:3: the quote that begins here is not closed");
    }

    @Test
    void readsTheFilesThatComposeFileNames() {
        project.file("one.yaml", "services: {a: {image: one}}").file("two.yaml", "services: {a: {image: two}}");
        project.variable("COMPOSE_FILE", "one.yaml:two.yaml");
        assertThat(project.service("a").image()).isEqualTo("two");
    }
}
