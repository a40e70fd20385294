package io.flocker.control.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Ownership;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.spec.ApplicationSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What comes of a command that somebody is answerable for.
class ReplicatedTest {
    /// Thrown, it would end every member at that entry, and again at each start.
    @Test
    void whatCannotBeDecidedIsRefused() {
        Outcome outcome = Replicated.unbroken(
                () -> {
                    throw new IllegalStateException("no such volume");
                },
                new Command.ForgetVolumes(1, List.of()));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.message())
                                .contains("ForgetVolumes", "no such volume", "nothing was changed"));
    }

    @Test
    void whoeverMakesAnEnvironmentFirstHasItAndTheOtherIsRefused() {
        Replicated before = Replicated.EMPTY
                .after(new LogEntry(
                        "", new Command.AddNode("n1", 1, "n1", "a", TreePMap.empty(), "", Node.Capacity.NONE)))
                .next();
        // Both were asked for when there was no such environment yet.
        Replicated.Result first = before.after(deploy("alice", "alice"));
        Replicated.Result second = first.next().after(deploy("bob", "bob"));
        assertThat(first.answer().accepted()).isTrue();
        assertThat(second.answer().accepted()).isFalse();
        assertThat(second.answer().message()).contains("shared has become alice's meanwhile");
        assertThat(second.next().cluster().environment("shared").orElseThrow().owner())
                .isEqualTo("alice");
        assertThat(second.next().cluster().access().audit().values())
                .extracting(AuditEntry::user, AuditEntry::refused)
                .containsExactly(
                        tuple("alice", ""), tuple("bob", second.answer().message()));

        // A request that is repeated is not written down twice, and a machine that is refused not at all.
        assertThat(second.next().after(deploy("bob", "bob")).next()).isEqualTo(second.next());
        var stranger = new LogEntry(
                "",
                deploy("eve", "eve").command(),
                Optional.of(new Ownership("shared", "eve")),
                Optional.of(audit("")));
        assertThat(second.next().after(stranger).next().cluster().access().audit())
                .hasSize(2);
    }

    private static LogEntry deploy(String by, String key) {
        var command = new Command.Deploy(
                by, 1, "op-" + by, 9_000, "shared", ApplicationSpec.EMPTY, TreePMap.empty(), OptionalLong.empty());
        return new LogEntry(key, command, Optional.of(new Ownership("shared", by)), Optional.of(audit(by)));
    }

    private static AuditEntry audit(String user) {
        return new AuditEntry(
                0,
                1,
                user,
                user.isEmpty() ? "" : "developer",
                "10.0.0.1",
                "PUT /v2/environments/shared",
                "shared",
                "",
                1);
    }
}
