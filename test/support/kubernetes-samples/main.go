// Writes the samples in test/support/kubernetes-samples: objects in protobuf and in JSON, both by Kubernetes' own code.
//
//	cd tools/kubectl && go run ../../test/support/kubernetes-samples/main.go ../../test/support/kubernetes-samples
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"

	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	rbac "k8s.io/api/rbac/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/util/intstr"
)

type sample struct {
	Protobuf []byte          `json:"protobuf"`
	JSON     json.RawMessage `json:"json"`
}

func main() {
	directory := os.Args[1]
	// Every field set; every pointer set, and to zero; nothing set.
	for name, fill := range map[string]func(reflect.Value){
		"full":  (&filler{}).fill,
		"zero":  (&filler{zero: true}).fill,
		"empty": func(reflect.Value) {},
	} {
		samples := map[string]sample{}
		for _, object := range objects() {
			fill(reflect.ValueOf(object).Elem())
			kind := object.GetObjectKind().GroupVersionKind()
			samples[kind.GroupVersion().String()+" "+kind.Kind] = encode(object)
		}
		write(filepath.Join(directory, name+".json"), samples)
	}
}

func objects() []runtime.Object {
	of := func(version schema.GroupVersion, object runtime.Object) runtime.Object {
		kind := reflect.TypeOf(object).Elem().Name()
		object.GetObjectKind().SetGroupVersionKind(version.WithKind(kind))
		return object
	}
	return []runtime.Object{
		of(core.SchemeGroupVersion, &core.Namespace{}),
		of(core.SchemeGroupVersion, &core.Secret{}),
		of(core.SchemeGroupVersion, &core.Service{}),
		of(core.SchemeGroupVersion, &core.Event{}),
		of(discovery.SchemeGroupVersion, &discovery.EndpointSlice{}),
		of(rbac.SchemeGroupVersion, &rbac.Role{}),
		of(rbac.SchemeGroupVersion, &rbac.ClusterRole{}),
		of(rbac.SchemeGroupVersion, &rbac.RoleBinding{}),
		of(rbac.SchemeGroupVersion, &rbac.ClusterRoleBinding{}),
		of(authorization.SchemeGroupVersion, &authorization.SelfSubjectAccessReview{}),
		of(authorization.SchemeGroupVersion, &authorization.SelfSubjectRulesReview{}),
		of(authentication.SchemeGroupVersion, &authentication.SelfSubjectReview{}),
		of(rbac.SchemeGroupVersion, &meta.DeleteOptions{}),
	}
}

func encode(object runtime.Object) sample {
	scheme := runtime.NewScheme()
	var buffer bytes.Buffer
	must(protobuf.NewSerializer(scheme, scheme).Encode(object, &buffer))
	text, err := json.Marshal(object)
	must(err)
	return sample{Protobuf: buffer.Bytes(), JSON: text}
}

type filler struct {
	zero  bool
	count int64
}

func (f *filler) fill(value reflect.Value) {
	switch value.Interface().(type) {
	case meta.TypeMeta:
		return
	case meta.Time:
		if !f.zero {
			value.Set(reflect.ValueOf(meta.Unix(f.next()*1_000_003-9_000_000_000, 0)))
		}
		return
	case meta.MicroTime:
		if !f.zero {
			value.Set(reflect.ValueOf(meta.MicroTime{Time: time.Unix(f.next()*1_000_003, 1_002_000)}))
		}
		return
	case intstr.IntOrString:
		if f.next()%2 == 0 && !f.zero {
			value.Set(reflect.ValueOf(intstr.FromString("named")))
		} else if !f.zero {
			value.Set(reflect.ValueOf(intstr.FromInt32(8080)))
		}
		return
	case meta.FieldsV1:
		value.Set(reflect.ValueOf(meta.FieldsV1{Raw: []byte(`{"f:metadata":{"f:labels":{}}}`)}))
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		for i := 0; i < value.NumField(); i++ {
			f.fill(value.Field(i))
		}
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		f.fill(value.Elem())
	case reflect.Slice:
		f.fillSlice(value)
	case reflect.Map:
		value.Set(reflect.MakeMap(value.Type()))
		for i := 0; i < 2; i++ {
			key, element := reflect.New(value.Type().Key()).Elem(), reflect.New(value.Type().Elem()).Elem()
			key.SetString(fmt.Sprintf("key-%d", i))
			f.fill(element)
			value.SetMapIndex(key, element)
		}
	default:
		if !f.zero {
			f.fillScalar(value)
		}
	}
}

func (f *filler) fillSlice(value reflect.Value) {
	if value.Type().Elem().Kind() == reflect.Uint8 {
		// Protobuf doesn't tell nil bytes from empty ones.
		value.SetBytes([]byte{})
		if !f.zero {
			value.SetBytes([]byte{0, 255, byte(f.next()), '\n'})
		}
		return
	}
	value.Set(reflect.MakeSlice(value.Type(), 2, 2))
	for i := 0; i < 2; i++ {
		f.fill(value.Index(i))
	}
}

func (f *filler) fillScalar(value reflect.Value) {
	switch value.Kind() {
	case reflect.String:
		value.SetString(fmt.Sprintf("te\"xt-ü-%d", f.next()))
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Int32:
		value.SetInt(-f.next())
	case reflect.Int64:
		value.SetInt(f.next() << 40)
	default:
		panic(value.Type().String())
	}
}

func (f *filler) next() int64 {
	f.count++
	return f.count
}

func write(path string, value any) {
	text, err := json.MarshalIndent(value, "", " ")
	must(err)
	must(os.WriteFile(path, append(text, '\n'), 0o644))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
