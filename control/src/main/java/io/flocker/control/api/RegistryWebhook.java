package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.control.watch.ImageTag;
import io.flocker.control.watch.Watcher;
import io.flocker.core.access.Right;
import io.flocker.core.wire.Json;
import java.util.List;
import java.util.TreeSet;

/// Hears registries' notifications of what was pushed. They are hints, and nothing of them is believed: what a tag
/// stands for is asked of its registry.
final class RegistryWebhook {
    /// The largest notification, in bytes.
    static final int MAX_BYTES = 1024 * 1024;

    private static final String PUSH = "push";

    private RegistryWebhook() {}

    static Endpoint endpoint(Watcher watcher) {
        return new Endpoint(
                "POST",
                "/v2/webhooks/registry",
                Right.CREATE,
                "Hear what was pushed, as registries tell it (application/vnd.docker.distribution.events.v1+json):"
                        + " services that follow such a tag look at once. At most 1 MiB.",
                List.of(),
                Requests.RegistryEvents.class,
                Answers.Hinted.class,
                call -> {
                    var services = new TreeSet<String>();
                    for (ImageTag pushed : pushed(call.bytes(MAX_BYTES))) {
                        services.addAll(watcher.hint(pushed));
                    }
                    return new Answers.Hinted(List.copyOf(services));
                });
    }

    /// The tags that a notification says were pushed, each once.
    ///
    /// @throws Refusal if it is none
    static List<ImageTag> pushed(byte[] body) throws Refusal {
        try {
            return Json.readForeign(body, Requests.RegistryEvents.class).events().stream()
                    .filter(event -> event.action().equals(PUSH))
                    .map(Requests.RegistryEvent::target)
                    .filter(target ->
                            !target.repository().isEmpty() && !target.tag().isEmpty())
                    .map(target -> new ImageTag(target.repository(), target.tag()))
                    .distinct()
                    .toList();
        } catch (Json.MalformedJson e) {
            throw Refusal.of(
                    400,
                    "invalid",
                    "Not a registry's notification",
                    "It is {\"events\": [{\"action\": \"push\", \"target\": {\"repository\": …, \"tag\": …}}]}: "
                            + e.getMessage());
        }
    }
}
