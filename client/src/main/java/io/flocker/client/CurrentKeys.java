package io.flocker.client;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows whatever certificate is current when a connection begins, so that listeners need no restart when it is
/// renewed.
/// An alias says which one was chosen: key and certificate of one handshake belong together.
final class CurrentKeys extends X509ExtendedKeyManager {
    private final Supplier<Keys> current;

    /// @param current what is to be shown now
    CurrentKeys(Supplier<Keys> current) {
        this.current = current;
    }

    /// A key with its certificate.
    ///
    /// @param generation counts up
    /// @param former those before; null for the first. Two are kept, for handshakes under way.
    record Keys(
            int generation,
            X509ExtendedKeyManager manager,
            @Nullable Keys former) {
        String tag(String alias) {
            return generation + "." + alias;
        }
    }

    private Keys of(String alias) {
        Keys keys = current.get();
        Keys former = keys.former();
        return former != null && alias.startsWith(former.generation() + ".") ? former : keys;
    }

    private static String plain(String alias) {
        return alias.substring(alias.indexOf('.') + 1);
    }

    private static @Nullable String tagged(Keys keys, @Nullable String alias) {
        return alias == null ? null : keys.tag(alias);
    }

    private static String @Nullable [] tagged(Keys keys, String @Nullable [] aliases) {
        if (aliases == null) {
            return null;
        }
        String[] all = aliases.clone();
        for (int i = 0; i < all.length; i++) {
            all[i] = keys.tag(all[i]);
        }
        return all;
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        Keys keys = current.get();
        return tagged(keys, keys.manager().getClientAliases(type, issuers));
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        Keys keys = current.get();
        return tagged(keys, keys.manager().getServerAliases(type, issuers));
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        Keys keys = current.get();
        return tagged(keys, keys.manager().chooseClientAlias(types, issuers, socket));
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        Keys keys = current.get();
        return tagged(keys, keys.manager().chooseServerAlias(type, issuers, socket));
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Keys keys = current.get();
        return tagged(keys, keys.manager().chooseEngineClientAlias(types, issuers, engine));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Keys keys = current.get();
        return tagged(keys, keys.manager().chooseEngineServerAlias(type, issuers, engine));
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return of(alias).manager().getCertificateChain(plain(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return of(alias).manager().getPrivateKey(plain(alias));
    }
}
