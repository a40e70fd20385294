package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which names are one image.
class ImageEndpointsTest {
    @ParameterizedTest
    @CsvSource({
        "postgres:16, docker.io/library/postgres:16",
        "library/postgres:16, docker.io/library/postgres:16",
        "docker.io/postgres:16, docker.io/library/postgres:16",
        "index.docker.io/postgres:16, docker.io/library/postgres:16",
        "index.docker.io/library/postgres:16@sha256:00, docker.io/library/postgres:16",
        "docker.io/postgres, docker.io/library/postgres:latest",
        "shop/web, docker.io/shop/web:latest",
        "docker.io/shop/web:1, docker.io/shop/web:1",
        "registry:5000/web, registry:5000/web:latest",
        "localhost/web:1, localhost/web:1",
        "r.example/shop/web:1, r.example/shop/web:1"
    })
    void isCompletedAsDockerDoes(String image, String full) {
        assertThat(ImageEndpoints.full(image)).isEqualTo(full);
    }
}
