package io.flocker.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.TreePMap;

/// The table of roles, what a refusal says, what the audit log holds, and what reaches out of a container.
class AccessTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            VIEWER    | ANYBODY READ
            DEVELOPER | ANYBODY READ CREATE CHANGE-OWN
            OPERATOR  | ANYBODY READ CREATE CHANGE-OWN CHANGE OPERATE
            ADMIN     | ANYBODY READ CREATE CHANGE-OWN CHANGE OPERATE ADMINISTER
            """)
    void eachRoleMayDoThisAndNothingElse(Role role, String allowed) {
        String found = Stream.of(Right.values())
                .flatMap(right -> right == Right.CHANGE
                        ? Stream.of(role.may(right, true) ? "CHANGE-OWN" : "", role.may(right, false) ? "CHANGE" : "")
                        : Stream.of(role.may(right, false) ? right.name() : ""))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
        assertThat(found).isEqualTo(allowed);
    }

    @Test
    void aRefusalSaysWhoAskedWhatWhoseItIsAndWhatToDo() {
        var alice = new Asker("alice", Role.DEVELOPER);
        assertThat(alice.objection(Right.CHANGE, "DELETE /v2/environments/shop", "shop", Optional.of("bob")))
                .hasValue("alice (developer) may not change environment shop (DELETE /v2/environments/shop), which is"
                        + " bob's: a developer changes only environments of their own; ask bob or an operator, or"
                        + " branch it: flocker env branch shop NAME");
        assertThat(alice.objection(Right.CHANGE, "PUT", "mine", Optional.of("alice")))
                .isEmpty();
        assertThat(alice.objection(Right.CHANGE, "PUT", "new", Optional.empty()))
                .as("whoever makes an environment owns it")
                .isEmpty();
        assertThat(new Asker("eve", Role.VIEWER)
                        .objection(Right.CHANGE, "PUT", "eve", Optional.of("eve"))
                        .orElseThrow())
                .contains("a viewer only looks", "flocker user role eve developer");
        assertThat(alice.objection(Right.ADMINISTER, "POST /v2/users", "", Optional.empty())
                        .orElseThrow())
                .contains("takes an admin");
    }

    @Test
    void theAuditLogIsBoundedAndNobodyPushesItOutByTryingAgain() {
        Access access = Access.EMPTY.with(entry("alice", "")).with(entry("alice", ""));
        assertThat(access.audit()).hasSize(2);
        for (int i = 0; i < 3; i++) {
            access = access.with(entry("eve", "not yours"));
        }
        assertThat(access.audit()).hasSize(3);
        assertThat(access.audit().lastEntry().getValue().times()).isEqualTo(3);
        assertThat(access.lastAudit()).isEqualTo(3);

        for (int i = 0; i < Access.MAX_AUDIT; i++) {
            access = access.with(entry("alice", ""));
        }
        assertThat(access.audit()).hasSize(Access.MAX_AUDIT + 1);
        assertThat(access.audit().firstEntry().getValue().refused()).isEqualTo("not yours");
        for (int i = 0; i < Access.MAX_REFUSED + 7; i++) {
            access = access.with(entry("eve", "no " + i));
        }
        assertThat(access.audit()).hasSize(Access.MAX_AUDIT + Access.MAX_REFUSED);
        assertThat(access.audit().firstKey()).as("what was done is all there").isEqualTo(4);
        assertThat(access.audit().get(4L + Access.MAX_AUDIT))
                .as("the first refusals are not")
                .isNull();
        assertThat(entry("alice", "x".repeat(10_000)).refused()).hasSize(300);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "sandbox":{"privileged":true}                                | privileged
            "sandbox":{"capAdd":["SYS_ADMIN"]}                           | cap_add SYS_ADMIN
            "sandbox":{"securityOpt":["seccomp:unconfined"]}             | security_opt seccomp:unconfined
            "sandbox":{"devices":["/dev/sda"]}                           | devices /dev/sda
            "sandbox":{"networkMode":"host"}                             | namespace (host)
            "sandbox":{"pidMode":"host"}                                 | namespace (host)
            "mounts":[{"type":"Host","source":"/etc/flocker","path":"/c","readOnly":true}] | the node's own /etc/flocker
            """)
    void whatReachesOutOfAContainerIsNamed(String part, String named) throws Exception {
        ApplicationSpec plain = application("\"scale\":1");
        ApplicationSpec reaching = application(part);
        assertThat(Reach.added(reaching, plain).orElseThrow())
                .startsWith("service web: ")
                .endsWith(named);
        assertThat(Reach.added(plain, ApplicationSpec.EMPTY)).isEmpty();
        assertThat(Reach.added(reaching, reaching)).as("what was there already").isEmpty();
    }

    @Test
    void findsWhoseATokenIs() {
        var token = new AccessToken("t1", "hash", 10, "root", 1);
        Access access =
                Access.EMPTY.with(new User("alice", Role.DEVELOPER, TreePMap.singleton("t1", token), "root", 1));
        assertThat(access.holder("t1").orElseThrow().user().name()).isEqualTo("alice");
        assertThat(access.holder("t2")).isEmpty();
    }

    private static ApplicationSpec application(String part) throws Exception {
        String json = "{\"services\":{\"web\":{\"image\":\"web:1\"," + part + "}}}";
        return Json.read(json.getBytes(StandardCharsets.UTF_8), ApplicationSpec.class);
    }

    private static AuditEntry entry(String user, String refused) {
        return new AuditEntry(0, 1, user, "developer", "10.0.0.9", "PUT /v2/environments/x", "x", refused, 1);
    }
}
