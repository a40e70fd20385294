package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.pack.BuildContext;
import io.flocker.client.api.Requests;

/// An image to build for a service. Its name tells what it is built from, so that it need be built only once.
///
/// @param always whether to build it even so
public record ServiceBuild(BuildContext context, Requests.Build request, boolean always) {
    /// The same, with more effort if asked for.
    public ServiceBuild with(boolean pull, boolean noCache) {
        var more = new Requests.Build(
                request.image(),
                request.alias(),
                request.dockerfile(),
                request.target(),
                request.platform(),
                request.args(),
                request.labels(),
                request.pull() || pull,
                request.noCache() || noCache);
        return new ServiceBuild(context, more, always);
    }
}
