package io.londiste.console;

import io.hawt.web.auth.RolePrincipal;
import io.hawt.web.auth.UserPrincipal;
import java.io.IOException;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;

/** Authenticates the users of a users file. Public, since the JDK creates it by its class name. */
public final class UsersLoginModule implements LoginModule {
    private static final String USERS = "users";

    /** The name that was refused last in a thread: the login module knows it, and the filter before it knows the address. */
    private static final ThreadLocal<String> REFUSED = new ThreadLocal<>();

    private Subject subject;
    private CallbackHandler callbacks;
    private Users users;
    private User user;

    /** A configuration in which this module authenticates these users. */
    static Configuration configuration(Users users) {
        var entry = new AppConfigurationEntry(
                UsersLoginModule.class.getName(), LoginModuleControlFlag.REQUIRED, Map.of(USERS, users));
        return new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {entry};
            }
        };
    }

    /** The user of a subject; null if it has none. */
    static User user(Subject subject) {
        return subject.getPrivateCredentials(User.class).stream().findFirst().orElse(null);
    }

    /** The name that was refused in this thread since the last call; null if there is none. */
    static String takeRefused() {
        var name = REFUSED.get();
        REFUSED.remove();
        return name;
    }

    @Override
    public void initialize(Subject whom, CallbackHandler handler, Map<String, ?> shared, Map<String, ?> options) {
        subject = whom;
        callbacks = handler;
        users = (Users) options.get(USERS);
    }

    @Override
    public boolean login() throws LoginException {
        var name = new NameCallback("user");
        var password = new PasswordCallback("password", false);
        try {
            callbacks.handle(new Callback[] {name, password});
        } catch (IOException | UnsupportedCallbackException e) {
            throw (LoginException) new LoginException("no name and password: " + e.getMessage()).initCause(e);
        }
        if (name.getName() == null || password.getPassword() == null) {
            throw new FailedLoginException("no name and password");
        }
        user = users.authenticate(name.getName(), password.getPassword()).orElse(null);
        if (user == null) {
            REFUSED.set(name.getName());
            throw new FailedLoginException("wrong name or password");
        }
        password.clearPassword();
        return true;
    }

    @Override
    public boolean commit() {
        if (user == null) {
            return false;
        }
        subject.getPrincipals().add(new UserPrincipal(user.name()));
        subject.getPrincipals().add(new RolePrincipal(user.role().written()));
        subject.getPrivateCredentials().add(user);
        return true;
    }

    @Override
    public boolean abort() {
        return logout();
    }

    @Override
    public boolean logout() {
        user = null;
        subject.getPrincipals().clear();
        subject.getPrivateCredentials().clear();
        return true;
    }
}
