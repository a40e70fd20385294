package io.flocker.agent.engine;

import com.github.dockerjava.api.model.AuthConfig;
import io.flocker.client.SocketTransport;
import io.flocker.client.Transport.Answer;
import io.flocker.client.Transport.Request;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What images' registries say, asked by the engine, which has its users' passwords and knows which registries to trust
/// (Docker Engine API, `GET /distribution/{name}/json`).
final class Registries {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MAX_ANSWER_BYTES = 1024 * 1024;
    private static final int OK = 200;
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404);
    private static final Pattern DIGEST = Pattern.compile("\"digest\"\\s*:\\s*\"(sha256:[0-9a-f]{64})\"");
    private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final SocketTransport engine;
    private final Logins logins;

    Registries(SocketTransport engine, Logins logins) {
        this.engine = engine;
        this.logins = logins;
    }

    private record Login(String username, String password, String serveraddress, String identitytoken) {}

    private record Said(int status, String body) {}

    /// What a name stands for now, such as `sha256:…`.
    ///
    /// @throws EngineFailure lasting if the registry says there is no such image
    String digest(String reference) throws IOException {
        Said said = ask(reference);
        Matcher digest = DIGEST.matcher(said.body());
        if (said.status() == OK && digest.find()) {
            return digest.group(1);
        }
        Matcher message = MESSAGE.matcher(said.body());
        String reason = message.find() ? message.group(1) : "HTTP " + said.status();
        boolean refused = REFUSALS.contains(said.status());
        String advice = RegistryAdvice.on(reference, reason);
        String otherwise = refused
                ? "check the name, or docker login on the node if it is private"
                : "see whether the registry can be reached from the node";
        throw EngineFailure.of(
                "The registry of image " + reference + " does not say what it stands for: " + reason + "; "
                        + (advice.isEmpty() ? otherwise : advice),
                refused);
    }

    private Said ask(String reference) throws IOException {
        Map<String, String> headers = logins.of(reference)
                .map(auth -> Map.of("X-Registry-Auth", encoded(auth)))
                .orElse(Map.of());
        Answer answer = engine.send(Request.get("/distribution/" + reference + "/json", headers, LIMIT));
        try (InputStream body = answer.body()) {
            return new Said(answer.status(), new String(body.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8));
        }
    }

    private static String encoded(AuthConfig auth) {
        var login = new Login(
                Objects.requireNonNullElse(auth.getUsername(), ""),
                Objects.requireNonNullElse(auth.getPassword(), ""),
                Objects.requireNonNullElse(auth.getRegistryAddress(), ""),
                Objects.requireNonNullElse(auth.getIdentitytoken(), ""));
        return Base64.getUrlEncoder().encodeToString(Json.bytes(login));
    }
}
