package io.flocker.control.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageTagTest {
    @ParameterizedTest
    @CsvSource({
        "registry:5000/shop/web:1, shop/web, 1",
        "registry.example.com/web, web, latest",
        "localhost/web:2, web, 2",
        "shop/web:1, shop/web, 1",
        "nginx, library/nginx, latest",
        "nginx:1, library/nginx, 1",
        "docker.io/nginx:1, library/nginx, 1",
        "index.docker.io/library/nginx:1, library/nginx, 1",
        "registry:5000/web:1@sha256:00, web, 1",
        "registry:5000/a/b/c:1.2-x, a/b/c, 1.2-x",
    })
    void namesARepositoryAndATag(String image, String repository, String tag) {
        assertThat(ImageTag.of(image)).isEqualTo(new ImageTag(repository, tag));
    }
}
