package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// saveWait is how long a save waits for another's, which takes milliseconds.
const saveWait = 10 * time.Second

// forgetSecret deletes the secret of the key that was saved before, unless it is
// the one to stay.
func forgetSecret(ctx context.Context, secrets Secrets, before Fields, stays string) error {
	service, err := oauth.ParseService(before.Service)
	if err != nil || before.ClientID == "" {
		return nil
	}
	old := secretUser(service, before.ClientID)
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
	if err := os.MkdirAll(dir, 0o700); err != nil {
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

func replace(dir string, fields Fields, others map[string]json.RawMessage) error {
	data, err := encode(fields, others)
	if err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	if err := wholefile.Write(settingsPath(dir), data); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	return nil
}

func encode(fields Fields, others map[string]json.RawMessage) ([]byte, error) {
	known, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	var ours map[string]json.RawMessage
	if err := json.Unmarshal(known, &ours); err != nil {
		return nil, err
	}
	maps.Copy(ours, unknown(others))
	data, err := json.MarshalIndent(ours, "", "  ")
	return append(data, '\n'), err
}

// unknown leaves out what Fields has, in any spelling that encoding/json takes for
// it: an empty field is one that was emptied.
func unknown(others map[string]json.RawMessage) map[string]json.RawMessage {
	for _, f := range table {
		maps.DeleteFunc(others, func(name string, _ json.RawMessage) bool { return strings.EqualFold(name, f.name) })
	}
	return others
}
