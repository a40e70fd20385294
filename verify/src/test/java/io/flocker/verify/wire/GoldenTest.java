package io.flocker.verify.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Backups;
import io.flocker.client.api.Balances;
import io.flocker.client.api.ProblemDetail;
import io.flocker.client.api.Report;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.delta.OffersDelta;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Wire formats as files. A log written by an older Flocker must stay readable, and an API client must not be
/// surprised: whoever changes a format sees it here, and writes the new files with `-Dgolden=update`.
class GoldenTest {
    private static final Path FILES =
            Path.of(System.getProperty("flocker.home", ".."), "verify/src/test/resources/golden");

    static List<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>(List.of(
                ClusterState.class, AssignmentDelta.class, OffersDelta.class, Report.class, ProblemDetail.class));
        Samples.records(Command.class).forEach(types::add);
        for (Class<?> group : List.of(Answers.class, Requests.class, Status.class, Backups.class, Balances.class)) {
            types.addAll(List.of(group.getDeclaredClasses()));
        }
        types.removeIf(Class::isInterface);
        return types;
    }

    @ParameterizedTest
    @MethodSource("types")
    void isWrittenAndReadAsBefore(Class<?> type) throws IOException {
        Object sample = Samples.of(type);
        byte[] written = Json.bytes(sample);
        Path file = FILES.resolve(name(type) + ".json");
        if (System.getProperty("golden", "").equals("update")) {
            Files.createDirectories(FILES);
            Files.write(file, written);
        }

        assertThat(file).as("written with -Dgolden=update").exists();
        assertThat(new String(written, StandardCharsets.UTF_8)).isEqualTo(Files.readString(file));
        assertThat(Json.read(Files.readAllBytes(file), type))
                .usingRecursiveComparison()
                .ignoringFieldsOfTypes(Ledger.class)
                .isEqualTo(sample);
    }

    @ParameterizedTest
    @MethodSource("files")
    void belongsToAType(String file) {
        assertThat(types().stream().map(type -> name(type) + ".json")).contains(file);
    }

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String name(Class<?> type) {
        return type.isMemberClass()
                ? type.getDeclaringClass().getSimpleName() + "." + type.getSimpleName()
                : type.getSimpleName();
    }
}
