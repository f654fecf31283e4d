package localcert

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// rootStore is CurrentUser\Root: Edge, Chrome and Firefox read it, and it
// needs no administrator. Windows shows its own question for each addition and
// removal. Tried in wine, which asks nothing; not on Windows yet.
type rootStore struct{}

func stores() []store { return []store{rootStore{}} }

func (rootStore) place() Place { return Place{Name: `Windows (certificates of this user)`} }

// with opens the store for one piece of work.
func (rootStore) with(work func(windows.Handle) error) error {
	name, err := windows.UTF16PtrFromString("Root")
	if err != nil {
		return err
	}
	handle, err := windows.CertOpenStore(windows.CERT_STORE_PROV_SYSTEM_W, 0, 0, windows.CERT_SYSTEM_STORE_CURRENT_USER, uintptr(unsafe.Pointer(name)))
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	defer func() { _ = windows.CertCloseStore(handle, 0) }()
	return work(handle)
}

// visit shows every certificate of the store until see says that it is enough.
// The context that see gets is gone when it returns.
func visit(handle windows.Handle, see func(*windows.CertContext, *x509.Certificate) (enough bool, err error)) error {
	var context *windows.CertContext
	for {
		next, err := windows.CertEnumCertificatesInStore(handle, context)
		if err != nil || next == nil {
			if err == nil || err == windows.Errno(windows.CRYPT_E_NOT_FOUND) {
				return nil
			}
			return fmt.Errorf("reading the store: %w", err)
		}
		context = next
		// A copy: what is parsed refers to its bytes, and these go with the context.
		c, err := x509.ParseCertificate(bytes.Clone(unsafe.Slice(context.EncodedCert, context.Length)))
		if err != nil {
			continue // somebody else's, in a form that Go does not read
		}
		if enough, err := see(context, c); enough || err != nil {
			_ = windows.CertFreeCertificateContext(context)
			return err
		}
	}
}

func (s rootStore) list(context.Context) (all []listed, err error) {
	err = s.with(func(handle windows.Handle) error {
		return visit(handle, func(_ *windows.CertContext, c *x509.Certificate) (bool, error) {
			if strings.HasPrefix(c.Subject.CommonName, namePrefix) {
				all = append(all, listed{c, true})
			}
			return false, nil
		})
	})
	return all, err
}

func (s rootStore) add(_ context.Context, authority *x509.Certificate) error {
	return s.with(func(handle windows.Handle) error {
		made, err := windows.CertCreateCertificateContext(windows.X509_ASN_ENCODING, &authority.Raw[0], uint32(len(authority.Raw)))
		if err != nil {
			return fmt.Errorf("handing over the certificate: %w", err)
		}
		defer func() { _ = windows.CertFreeCertificateContext(made) }()
		if err := windows.CertAddCertificateContextToStore(handle, made, windows.CERT_STORE_ADD_USE_EXISTING, nil); err != nil {
			return fmt.Errorf("adding it: %w", err)
		}
		return nil
	})
}

func (s rootStore) remove(_ context.Context, authority *x509.Certificate) error {
	return s.with(func(handle windows.Handle) error {
		err := visit(handle, func(found *windows.CertContext, c *x509.Certificate) (bool, error) {
			if !c.Equal(authority) {
				return false, nil
			}
			// Deleting takes a reference with it, and the visit needs its own.
			if err := windows.CertDeleteCertificateFromStore(windows.CertDuplicateCertificateContext(found)); err != nil {
				return true, fmt.Errorf("removing it: %w", err)
			}
			return true, nil
		})
		if err == nil {
			commit(handle)
		}
		return err
	})
}

var controlStore = windows.NewLazySystemDLL("crypt32.dll").NewProc("CertControlStore")

// commit has the store written. Windows has written a removal already; wine
// forgets it without. Whether it worked shows when the store is looked up again.
func commit(handle windows.Handle) {
	const ctrlCommit = 3 // CERT_STORE_CTRL_COMMIT
	_, _, _ = controlStore.Call(uintptr(handle), 0, ctrlCommit, 0)
}
