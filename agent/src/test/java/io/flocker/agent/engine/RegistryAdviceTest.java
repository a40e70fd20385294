package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryAdviceTest {
    /// What Docker Engine says, and what of the advice must be in it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r:5000/web:1 | Get \"https://r:5000/v2/\": x509: certificate signed by unknown authority"
                        + " | /etc/docker/certs.d/r:5000/ca.crt",
                "r:5000/web:1 | tls: failed to verify certificate: x509: certificate has expired or is not yet valid"
                        + " | give the registry another one",
                "r:5000/web:1 | http: server gave HTTP response to HTTPS client | insecure-registries",
                "r:5000/web:1 | Head \"https://r:5000/v2/web/manifests/1\": no basic auth credentials"
                        + " | docker login r:5000",
                "web:1 | unauthorized: incorrect username or password | docker login docker.io",
                "shop/web:1 | unauthorized: authentication required | docker login docker.io",
                "r.example/web | dial tcp 10.0.0.1:443: connect: connection refused | see whether the registry runs",
                "r.example/web | net/http: TLS handshake timeout | see whether the registry runs"
            })
    void advises(String image, String said, String advice) {
        assertThat(RegistryAdvice.on(image, said)).contains(advice);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"web:1 | no space left on device"})
    void saysNothingOfWhatIsNoMatterOfTheRegistry(String image, String said) {
        assertThat(RegistryAdvice.on(image, said)).isEmpty();
    }
}
