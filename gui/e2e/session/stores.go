//go:build linux

package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// Store is a program with the Secret Service. The zero value is gnome-keyring with an
// unlocked login keyring.
type Store string

// The other stores.
const (
	Empty     Store = keyringDaemon // that never had a keyring
	KWallet   Store = "kwalletd5"
	KeePassXC Store = "keepassxc"
)

func (s *Session) startStore(ctx context.Context) error {
	var err error
	switch s.options.Store {
	case Empty:
		err = s.startPart(Spec{Path: keyringDaemon, Args: []string{"--foreground", "--components=secrets"}})
	case KWallet:
		err = s.startKWallet(ctx)
	case KeePassXC:
		err = s.startKeePassXC(ctx)
	}
	if err != nil {
		return err
	}
	return Eventually(ctx, limit, func() error {
		conn, err := s.connectKeyring()
		if err != nil {
			return err
		}
		defer conn.Close()
		var collection dbus.ObjectPath
		err = conn.Object(secretService, secretPath).Call(secretInterface+"Service.ReadAlias", 0, "default").Store(&collection)
		if err == nil && (collection == "/") != (s.options.Store == Empty) {
			err = fmt.Errorf("the default collection is %s", collection)
		}
		if err != nil || s.options.Store != KeePassXC { // KWallet's is locked until the first client
			return err
		}
		locked, err := conn.Object(secretService, collection).GetProperty(secretInterface + "Collection.Locked")
		if err == nil && locked.Value() != false {
			err = fmt.Errorf("%s is locked", collection)
		}
		return err
	})
}

const (
	kwallet          = "org.kde.kwalletd5"
	kwalletPath      = "/modules/kwalletd5"
	kwalletInterface = "org.kde.KWallet."
)

const kwalletConfig = `[Wallet]
First Use=false

[org.freedesktop.secrets]
apiEnabled=true
`

// startKWallet starts it twice: only a wallet that exists becomes the default.
func (s *Session) startKWallet(ctx context.Context) error {
	if err := os.WriteFile(filepath.Join(s.ConfigHome(), "kwalletrc"), []byte(kwalletConfig), 0o600); err != nil {
		return err
	}
	for range 2 {
		s.StopKeyring()
		if err := s.startPart(Spec{Path: string(KWallet)}); err != nil {
			return err
		}
		if err := s.OpenKWallet(ctx); err != nil {
			return err
		}
	}
	return nil
}

// OpenKWallet makes or unlocks the wallet as a login does, which hands over a key that it
// has made of the password.
func (s *Session) OpenKWallet(ctx context.Context) error {
	return Eventually(ctx, limit, func() error {
		conn, err := s.connect()
		if err != nil {
			return err
		}
		defer conn.Close()
		wallet := conn.Object(kwallet, kwalletPath)
		if err := wallet.Call(kwalletInterface+"pamOpen", 0, "kdewallet", make([]byte, 56), int32(0)).Err; err != nil {
			return err
		}
		var open bool
		if err := wallet.Call(kwalletInterface+"isOpen", 0, "kdewallet").Store(&open); err != nil || !open {
			return fmt.Errorf("the wallet is not open: %w", err)
		}
		return nil
	})
}

const keepassConfig = `[General]
UpdateCheckMessageShown=true

[GUI]
CheckForUpdates=false

[FdoSecrets]
Enabled=true
ShowNotification=false
ConfirmAccessItem=%t
ConfirmDeleteItem=false
`

// keepassDatabase exposes its root group to the Secret Service.
const keepassDatabase = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<KeePassFile><Meta><Generator>KeePassXC</Generator><DatabaseName>Passwords</DatabaseName>
<CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{00010203-0405-0607-0809-0a0b0c0d0e0f}</Value></Item></CustomData></Meta>
<Root><Group><UUID>AAECAwQFBgcICQoLDA0ODw==</UUID><Name>Passwords</Name></Group></Root></KeePassFile>
`

// StorePassword is KeePassXC's.
const StorePassword = "practice-password"

func (s *Session) startKeePassXC(ctx context.Context) error {
	file, database := filepath.Join(s.run, "passwords.xml"), filepath.Join(s.dataHome(), "passwords.kdbx")
	config := filepath.Join(s.ConfigHome(), "keepassxc", "keepassxc.ini")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, keepassConfig, s.options.ConfirmAccess), 0o600); err != nil {
		return err
	}
	if _, err := os.Stat(database); err != nil {
		if err := os.WriteFile(file, []byte(keepassDatabase), 0o600); err != nil {
			return err
		}
		made, err := s.start(Spec{Path: "keepassxc-cli", Args: []string{"import", "--set-password", file, database},
			Stdin: strings.NewReader(strings.Repeat(StorePassword+"\n", 2))})
		if err != nil {
			return err
		}
		if code, err := made.Wait(ctx, limit); err != nil || code != 0 {
			return fmt.Errorf("make a database: exit code %d, %w: %s", code, err, made.Stderr())
		}
	}
	return s.startPart(Spec{Path: string(KeePassXC), Args: []string{"--pw-stdin", database}, Stdin: strings.NewReader(StorePassword + "\n")})
}
