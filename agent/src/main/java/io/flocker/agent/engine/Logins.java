package io.flocker.agent.engine;

import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import java.net.URI;
import java.util.Optional;

/// The passwords for registries that `docker login` left on this node, for the user whom the
/// daemon runs as (`~/.docker/config.json`). Read each time: a login holds from then on.
///
/// @param socket the engine's
record Logins(URI socket) {
    /// What to tell the registry of an image; empty for nothing.
    ///
    /// @throws EngineFailure if the file cannot be read
    Optional<AuthConfig> of(String reference) throws EngineFailure {
        try {
            return Optional.ofNullable(config().effectiveAuthConfig(reference));
        } catch (DockerClientException e) {
            throw EngineFailure.of(
                    "Cannot read what docker login left on this node: " + EngineFailure.reason(e)
                            + "; mend ~/.docker/config.json there, or docker login again",
                    false);
        }
    }

    DefaultDockerClientConfig config() {
        return DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(socket.toString())
                .build();
    }
}
