package io.flocker.control.api;

import io.flocker.core.access.Asker;
import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Ownership;
import io.flocker.core.access.Right;
import io.flocker.core.wire.Json;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/// One request under way.
public final class Call {
    /// The largest body, in bytes.
    static final int MAX_BODY_BYTES = 20 * 1024 * 1024;

    private final ServerRequest request;
    private final ServerResponse response;
    private final Caller caller;
    private final Endpoint endpoint;
    private Optional<Ownership> only = Optional.empty();
    private String environment = "";
    private boolean audited;
    private boolean begun;

    Call(ServerRequest request, ServerResponse response, Caller caller, Endpoint endpoint) {
        this.request = request;
        this.response = response;
        this.caller = caller;
        this.endpoint = endpoint;
    }

    /// Who asks: a user's or node's name.
    public String by() {
        return caller.name();
    }

    Caller caller() {
        return caller;
    }

    /// Who asks, as what.
    public Asker asker() {
        return caller.asker();
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// What is asked for: method and path.
    String action() {
        return request.prologue().method().text() + " " + request.path().path();
    }

    /// The environment it is about; empty for none.
    String environment() {
        return environment;
    }

    void about(String name) {
        environment = name;
    }

    /// Whether it is only to tell what would be done.
    boolean isRehearsed() {
        return flag("dryRun") && endpoint.query().stream().anyMatch(query -> query.startsWith("dryRun:"));
    }

    /// From now on, commands of this request are carried out on this condition only.
    void only(Ownership condition) {
        only = Optional.of(condition);
    }

    Optional<Ownership> only() {
        return only;
    }

    /// Whether the audit log has an entry of this request.
    boolean audited() {
        return audited;
    }

    /// Whether none of its commands was sent to the log before this was asked.
    boolean begins() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /// What the audit log is to hold of this request, which has an entry from then on; empty for nothing.
    ///
    /// @param by who asks, for machines that are no users
    Optional<AuditEntry> audit(String by, String environment) {
        boolean joins = endpoint.right() == Right.ANYBODY && !caller.isNode();
        if (!joins && !(endpoint.audits() && caller.isUser())) {
            return Optional.empty();
        }
        audited = true;
        return Optional.of(new AuditEntry(
                0,
                System.currentTimeMillis(),
                joins ? by : caller.name(),
                joins ? "" : caller.role().word(),
                caller.from(),
                action(),
                environment,
                "",
                1));
    }

    public ServerRequest request() {
        return request;
    }

    public ServerResponse response() {
        return response;
    }

    /// A parameter of the path; empty if it has none of that name.
    public String path(String name) {
        return request.path().pathParameters().first(name).orElse("");
    }

    public String query(String name, String otherwise) {
        return request.query().first(name).orElse(otherwise);
    }

    public boolean flag(String name) {
        return query(name, "false").equals("true");
    }

    public long number(String name, long otherwise, long least, long most) throws Refusal {
        String text = query(name, Long.toString(otherwise));
        try {
            return Math.clamp(Long.parseLong(text), least, most);
        } catch (NumberFormatException e) {
            throw Refusal.invalid("Query parameter " + name + " is a whole number, not \"" + text + "\"");
        }
    }

    /// The idempotency key, made the caller's own so that nobody gets another's answer; empty if there is none.
    String key() throws Refusal {
        String key =
                request.headers().first(HeaderNames.create("Idempotency-Key")).orElse("");
        if (key.length() > 200) {
            throw Refusal.invalid("An Idempotency-Key has at most 200 characters");
        }
        return key.isEmpty() ? "" : by() + " " + key;
    }

    /// The version in `If-Match`.
    OptionalLong ifMatch() throws Refusal {
        String text = request.headers().first(HeaderNames.IF_MATCH).orElse("");
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text.replace("\"", "")));
        } catch (NumberFormatException e) {
            throw Refusal.invalid("If-Match holds the version that ETag told, not " + text);
        }
    }

    /// @throws Refusal if it is longer than `maxBytes`
    byte[] bytes(int maxBytes) throws Refusal, IOException {
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw Refusal.of(413, "too-large", "Too large", "A request holds at most " + maxBytes + " bytes");
            }
            return bytes;
        }
    }

    public <T> T body(Class<T> type) throws Refusal, IOException {
        byte[] bytes = bytes(MAX_BODY_BYTES);
        try {
            return Json.read(bytes.length == 0 ? new byte[] {'{', '}'} : bytes, type);
        } catch (Json.MalformedJson e) {
            throw Refusal.of(400, "invalid", "Not the JSON this takes", String.valueOf(e.getMessage()));
        }
    }
}
