package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.client.ApiException;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.Invitation;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.ca.Authority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// Machines that come with a token, a good one or not.
class JoinTest {
    @TempDir
    private static Path folder;

    private static OneNode node;
    private static FlockerClient admin;
    private static int machines;

    @BeforeAll
    static void start() throws Exception {
        node = new OneNode(folder);
        admin = new FlockerClient(node.base, node.authority.user("admin"));
    }

    @AfterAll
    static void stop() throws IOException {
        admin.close();
        node.close();
    }

    @Test
    void letsAMachineInForEachUse() throws Exception {
        Invitation invitation = invitation(60, 2);
        join(invitation, request(invitation, "first"));
        join(invitation, request(invitation, "second"));

        assertRefused(invitation, request(invitation, "third"), "used up", "flocker token create");
        assertThat(node.plane.log().state().nodes()).containsKeys("first", "second");
        assertThat(node.plane.log().state().voters()).containsOnlyKeys("n1");
    }

    @Test
    void refusesATokenThatHasExpiredOrWasRevoked() throws Exception {
        Invitation brief = invitation(1, 1);
        Invitation revoked = invitation(60, 1);
        admin.delete("/v2/tokens/" + revoked.id(), Answers.Change.class);
        TimeUnit.MILLISECONDS.sleep(1_100);

        assertRefused(brief, request(brief, "late"), "expired", "flocker token create");
        assertRefused(revoked, request(revoked, "revoked"), "revoked", "flocker token create");
        Invitation guessed = new Invitation(invitation(60, 1).id(), "00".repeat(20), brief.authority(), brief.apis());
        assertRefused(guessed, request(guessed, "guesser"), "not known");
    }

    @Test
    void refusesATokenThatIsCutOrOfAnotherCluster(@TempDir Path other) throws Exception {
        String text = invitation(60, 1).text();
        assertThatThrownBy(() -> Invitation.parse(text.substring(0, text.length() - 3)))
                .hasMessageContaining("not whole")
                .hasMessageContaining("copy it again");
        assertThatThrownBy(() -> Invitation.parse(text.substring(0, text.length() / 2)))
                .hasMessageContaining("not whole");
        assertThatThrownBy(() -> Invitation.parse(text.replace('a', 'b'))).hasMessageContaining("not whole");
        assertThatThrownBy(() -> Invitation.parse("SWMTKN-1-abc"))
                .hasMessageContaining("no join token")
                .hasMessageContaining("flocker token create");

        Invitation here = invitation(60, 1);
        String stranger = Credentials.hash(Authority.create(other).certificate());
        var foreign = new Invitation(here.id(), here.secret(), stranger, here.apis());
        assertThatThrownBy(() -> join(foreign, request(foreign, "lost")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another cluster")
                .hasMessageContaining("flocker token create");
        assertThat(node.plane.log().state().nodes()).doesNotContainKey("lost");
    }

    @Test
    void refusesANameOrAddressThatIsTaken() throws Exception {
        Invitation invitation = invitation(60, 5);
        Requests.Join twin = request(invitation, "twin");
        join(invitation, twin);

        assertRefused(invitation, request(invitation, "twin"), "There is a node twin already", "choose another name");
        Requests.Join same = request(invitation, "neighbour");
        assertRefused(
                invitation,
                new Requests.Join(
                        same.token(),
                        same.secret(),
                        same.name(),
                        twin.address(),
                        same.labels(),
                        same.version(),
                        same.publicKeyBase64(),
                        same.clockMillis(),
                        false),
                "has the address",
                "--address");
        // A refusal uses nothing up.
        assertThat(admin.get("/v2/tokens", Answers.Tokens.class).tokens())
                .filteredOn(token -> token.id().equals(invitation.id()))
                .extracting(Status.Token::usesLeft)
                .containsExactly(4);
    }

    @Test
    void refusesAnotherVersionAndAWrongClock() throws Exception {
        Invitation invitation = invitation(60, 1);
        long now = System.currentTimeMillis();
        assertRefused(
                invitation, request(invitation, "old", "0.0.1", now), "has Flocker 0.0.1", "install that version");
        assertRefused(invitation, request(invitation, "early", Api.version(), now + 60_000), "ahead of", "set it");
        assertRefused(invitation, request(invitation, "late", Api.version(), now - 60_000), "behind", "set it");
        assertRefused(invitation, request(invitation, "No Name", Api.version(), now), "cannot be a node's name");
    }

    @Test
    void answersARepeatedRequestWithACertificateThatIsGood() throws Exception {
        Invitation invitation = invitation(60, 1);
        KeyPair pair = Authority.pair();
        Requests.Join request = request(invitation, "again", pair);
        String key = "the same";
        Answers.Joined lost = node.post("/v2/join", request, Answers.Joined.class, key);
        Answers.Joined joined = node.post("/v2/join", request, Answers.Joined.class, key);

        assertThat(joined.certificateBase64()).isNotEqualTo(lost.certificateBase64());
        var credentials = new Credentials(pair.getPrivate(), certificate(joined), node.authority.certificate());
        try (var client = new FlockerClient(node.base, credentials)) {
            var answer = client.post("/v2/agent/control", new Requests.Control(false, 0, ""), Answers.Control.class);
            assertThat(answer.standing()).isEqualTo(Answers.Standing.AGENT);
            assertThat(answer.apis()).hasSize(1);
            // Only those that are to be voters get the authority.
            assertThatThrownBy(() -> client.post("/v2/agent/authority", new Requests.Name(""), Answers.Authority.class))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("not to be a voter");
        }
    }

    private static X509Certificate certificate(Answers.Joined joined) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(Base64.getDecoder().decode(joined.certificateBase64())));
    }

    private static Invitation invitation(long seconds, int uses) throws Exception {
        return Invitation.parse(
                admin.post("/v2/tokens", new Requests.CreateToken(seconds, uses), Answers.NewToken.class)
                        .text());
    }

    private static Requests.Join request(Invitation invitation, String name) throws IOException {
        return request(invitation, name, Authority.pair());
    }

    private static Requests.Join request(Invitation invitation, String name, KeyPair pair) {
        return request(invitation, name, pair, Api.version(), System.currentTimeMillis());
    }

    private static Requests.Join request(Invitation invitation, String name, String version, long clockMillis)
            throws IOException {
        return request(invitation, name, Authority.pair(), version, clockMillis);
    }

    private static Requests.Join request(
            Invitation invitation, String name, KeyPair pair, String version, long clockMillis) {
        return new Requests.Join(
                invitation.id(),
                invitation.secret(),
                name,
                "10.0.0." + ++machines,
                TreePMap.empty(),
                version,
                Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()),
                clockMillis,
                false);
    }

    private static Answers.Joined join(Invitation invitation, Requests.Join request)
            throws IOException, InterruptedException {
        try (var stranger = FlockerClient.stranger(node.base, invitation.authority())) {
            return stranger.post("/v2/join", request, Answers.Joined.class);
        }
    }

    private static void assertRefused(Invitation invitation, Requests.Join request, String... why) {
        assertThatThrownBy(() -> join(invitation, request))
                .isInstanceOf(ApiException.class)
                .hasMessageContainingAll(why);
    }
}
