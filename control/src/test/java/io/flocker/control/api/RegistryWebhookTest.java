package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.control.watch.ImageTag;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryWebhookTest {
    @Test
    void takesThePushedTagsOutOfWhatARegistrySends() throws Exception {
        assertThat(RegistryWebhook.pushed(bytes("""
                {"events": [
                  {"id": "320678d8", "timestamp": "2026-03-09T14:44:26.402973972-08:00", "action": "push",
                   "target": {"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "size": 708,
                     "digest": "sha256:1", "length": 708, "repository": "shop/web", "tag": "1",
                     "url": "http://registry:5000/v2/shop/web/manifests/sha256:1"},
                   "request": {"id": "6df24a34", "addr": "10.0.0.1", "host": "registry:5000", "method": "PUT"},
                   "actor": {}, "source": {"addr": "c3", "instanceID": "a5"}},
                  {"action": "push", "target": {"repository": "shop/web", "tag": "1"}},
                  {"action": "push", "target": {"repository": "shop/web", "digest": "sha256:1"}},
                  {"action": "push", "target": null},
                  {"action": "pull", "target": {"repository": "shop/db", "tag": "1"}},
                  {"action": "delete", "target": {"repository": "shop/db", "digest": "sha256:1"}},
                  {"action": "push", "target": {"repository": "shop/db", "tag": "15"}, "request": null}
                ]}
                """)))
                .containsExactly(new ImageTag("shop/web", "1"), new ImageTag("shop/db", "15"));
        assertThat(RegistryWebhook.pushed(bytes("{}"))).isEmpty();
        assertThat(RegistryWebhook.pushed(bytes("{\"events\": null}"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing",
                "[]",
                "{\"events\": 7}",
                "{\"events\": [null]}",
                "{\"events\": [7]}",
                "{\"events\": [{\"action\": []}]}",
                "{\"events\": [{\"action\": \"push\", \"target\": {\"repository\": {}}}]}",
                "{\"events\": [{\"action\": \"push\""
            })
    void refusesWhatIsNone(String body) {
        assertThatThrownBy(() -> RegistryWebhook.pushed(bytes(body)))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.problem().status()).isEqualTo(400))
                .hasMessageContaining("\"action\": \"push\"");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
