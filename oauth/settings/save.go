package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// saveWait is how long a save waits for another's, which takes milliseconds.
const saveWait = 10 * time.Second

// forgetSecret deletes the secret of the key that was saved before, unless it is
// the one to stay.
func forgetSecret(ctx context.Context, secrets Secrets, before Values, stays string) error {
	service, err := oauth.ParseService(before["service"])
	if err != nil {
		return nil
	}
	old := secretUser(service, before["client_id"])
	if old == stays {
		return nil
	}
	if err := secrets.Delete(ctx, old); err != nil {
		return fmt.Errorf("forgetting the secret of the API key before this one: %w", err)
	}
	return nil
}

// locked runs work while no other process writes the settings.
func locked(ctx context.Context, dir string, work func() error) error {
	if err := wholefile.MakeFolder(dir); err != nil {
		return fmt.Errorf("making the folder for settings: %w", err)
	}
	if err := wholefile.MakePrivate(dir); err != nil {
		return fmt.Errorf("keeping the folder for settings private: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, saveWait)
	defer cancel()
	lock := flock.New(filepath.Join(dir, "settings.lock"), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return fmt.Errorf("waiting for the settings: %w", err)
	}
	defer lock.Unlock()
	return work()
}

func replace(dir string, values Values, others map[string]json.RawMessage) error {
	all := map[string]any{}
	for name, raw := range others {
		all[name] = raw
	}
	for _, f := range table {
		if text := values[f.Name]; text != "" {
			all[f.Name] = f.encode(text)
		}
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = wholefile.Write(settingsPath(dir), append(data, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}
