package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/internal/wholefile"
)

// saveWait is how long a save waits for another's, which takes milliseconds.
const saveWait = 10 * time.Second

// SaveKey keeps what a person typed: the secret in the keyring, the rest in
// settings.json, written atomically; fields it does not name stay. A key without
// a secret leaves the secret that the keyring holds for it. The secret of a key
// that this one takes the place of is forgotten.
func SaveKey(ctx context.Context, dir string, secrets Secrets, service oauth.Service, key oauth.Key) error {
	layer := layer{source: Settings, path: settingsPath(dir), fields: Fields{ClientID: key.ID, RedirectURI: key.RedirectURI}}
	if key.ID == "" {
		return layer.fail("client_id", fmt.Errorf("the API key is missing"))
	}
	if err := layer.check(); err != nil {
		return err
	}
	if !key.Secret.IsZero() {
		if err := secrets.Set(ctx, secretUser(service, key.ID), key.Secret); err != nil {
			return fmt.Errorf("keeping the secret of the API key: %w", err)
		}
	}
	var before Fields
	err := update(ctx, dir, func(saved *Fields) {
		before = *saved
		if saved.Service != "" || !service.Equal(oauth.Service{}) {
			saved.Service = service.String()
		}
		saved.merge(layer.fields)
	})
	if err != nil {
		return err
	}
	return forgetSecret(ctx, secrets, before, secretUser(service, key.ID))
}

// forgetSecret deletes the secret of the key that was saved before, unless it is
// the one to stay.
func forgetSecret(ctx context.Context, secrets Secrets, before Fields, stays string) error {
	service, err := oauth.ParseService(before.service())
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

// Save writes fields into settings.json; those that are empty stay as they are.
func Save(dir string, fields Fields) error {
	if err := (layer{source: Settings, path: settingsPath(dir), fields: fields}).check(); err != nil {
		return err
	}
	return update(context.Background(), dir, func(saved *Fields) { saved.merge(fields) })
}

func (f *Fields) merge(more Fields) {
	set := func(to *string, value string) {
		if value != "" {
			*to = value
		}
	}
	set(&f.Service, more.Service)
	set(&f.ClientID, more.ClientID)
	set(&f.RedirectURI, more.RedirectURI)
	set(&f.Flow, more.Flow)
	set(&f.Domain, more.Domain)
	set(&f.Region, more.Region)
	if len(more.Scopes) > 0 {
		f.Scopes = more.Scopes
	}
	if more.PKCE != nil {
		f.PKCE = more.PKCE
	}
}

// update edits settings.json under its lock. What a later version keeps there,
// and this one does not know, stays. A file that can't be read is not overwritten.
func update(ctx context.Context, dir string, edit func(*Fields)) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the folder for settings: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, saveWait)
	defer cancel()
	lock := flock.New(filepath.Join(dir, "settings.lock"), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return fmt.Errorf("waiting for the settings: %w", err)
	}
	defer lock.Unlock()

	var fields Fields
	if err := readFile(settingsPath(dir), &fields); err != nil {
		return err
	}
	var others map[string]json.RawMessage
	if err := readFile(settingsPath(dir), &others); err != nil {
		return err
	}
	edit(&fields)
	data, err := encode(fields, others)
	if err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	if err := wholefile.Write(settingsPath(dir), data, nil); err != nil {
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

// unknown leaves out what Fields has: an empty field is one that was emptied.
func unknown(others map[string]json.RawMessage) map[string]json.RawMessage {
	for _, name := range fieldNames {
		delete(others, name)
	}
	return others
}
