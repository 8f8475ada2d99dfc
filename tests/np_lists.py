"""Lists of expressions for mx.np and NumPy; see np_expressions.py for the names of arrays."""

ELEMENTS = """np.exp(a) np.sqrt(p) np.log(p) np.sin(a) np.cos(a) np.tan(a) np.arctan(a) np.sinh(a)
    np.cosh(a) np.tanh(a) np.arcsinh(a) np.expm1(a) np.log1p(p) np.log2(p) np.log10(p) np.cbrt(p)
    np.square(a) np.absolute(a) np.abs(a) np.negative(a) np.reciprocal(p) np.degrees(a)
    np.radians(a) np.deg2rad(a) np.rad2deg(a) np.sign(a) np.ceil(a) np.floor(a) np.rint(a)
    np.trunc(a) np.fix(a) np.around(a,1) np.round(a) np.clip(a,-0.5,0.5) np.clip(a,None,0.5)
    np.add(a,b) np.subtract(a,v) np.multiply(a,s) np.divide(a,p) np.true_divide(v,p) np.power(p,b)
    np.mod(a,p) np.maximum(a,b) np.minimum(a,v) np.hypot(a,b) np.arctan2(a,b) np.copysign(a,b)
    np.fmax(a,b) np.fmin(a,0.1) np.fmod(a,p) np.add(a,2) np.subtract(2,a) np.power(2,a)
    np.true_divide(1,p) np.maximum(a,0.1) np.arctan2(a,2.0) a+b a-v a*s a/p a**2 2**a p**0.5 1/p
    1-a -a abs(a) a%2 np.exp(z) z+z np.exp(s) s*s np.ldexp(a,i)""".split()
REDUCTIONS = """np.sum(a) np.sum(a,axis=0) np.sum(r,axis=(0,2)) np.sum(a,axis=-1,keepdims=True)
    np.sum(a,axis=()) np.sum(s) np.sum(z) np.sum(z,axis=1) np.mean(a) np.mean(r,axis=(1,2))
    np.mean(a,axis=1,keepdims=True) np.std(a) np.std(a,axis=0) np.var(a) np.var(r,axis=1,ddof=1)
    np.prod(p) np.prod(p,axis=1) np.max(a) np.max(a,axis=0) np.min(a,axis=1,keepdims=True)
    np.amax(r,axis=(0,1)) np.cumsum(a) np.cumsum(a,axis=1) np.average(a) np.average(a,axis=1)
    np.average(a,axis=1,weights=w) np.sum(a,initial=2.0) np.max(a,initial=9.0) a.sum()
    a.mean(axis=0) a.max() a.min(axis=1) a.std() a.var() p.prod() a.cumsum()
    np.average(a,weights=p) np.sum(a,where=m) np.prod(p,axis=0,where=m)
    np.max(a,initial=-9.0,where=m)""".split()
SHAPES = """np.reshape(a,(3,2)) np.reshape(a,-1) np.reshape(r,(4,-1)) a.reshape(3,2)
    a.reshape((-1,)) np.reshape(a,(3,2),order="F") a.ravel() a.flatten() a.T np.transpose(r)
    np.transpose(r,(1,0,2)) r.transpose(2,0,1) np.swapaxes(r,0,2) np.moveaxis(r,0,-1)
    np.moveaxis(r,(0,1),(1,2)) np.rollaxis(r,2) np.rollaxis(r,0,3) np.squeeze(a[None])
    np.squeeze(a[:,None],axis=1) np.expand_dims(a,1) np.expand_dims(a,-1) np.flip(a) np.flip(a,1)
    np.flip(r,(0,2)) np.flipud(a) np.fliplr(a) np.roll(a,1) np.roll(a,-2,axis=1)
    np.roll(r,(1,2),axis=(0,2)) np.rot90(a) np.rot90(a,2) np.rot90(r,3,axes=(1,2))
    np.broadcast_to(v,(2,3)) np.broadcast_to(s,(2,)) np.tile(a,2) np.tile(a,(2,1)) np.tile(v,(2,2))
    np.tile(s,3) np.tile(a,0) np.repeat(a,2) np.repeat(a,2,axis=1) np.repeat(v,[1,0,2])
    np.concatenate([a,b]) np.concatenate((a,b),axis=1) np.concatenate([a,v],axis=None)
    np.stack([a,b]) np.stack([v,w],axis=1) np.vstack([v,w]) np.vstack([a,v]) np.hstack([a,b])
    np.hstack([v,w]) np.dstack([a,b]) np.dstack([v,w]) np.column_stack([v,w]) np.append(a,b)
    np.append(a,b,axis=0) np.atleast_1d(s) np.atleast_2d(v) np.atleast_3d(a) np.where(m,a,b)
    np.where(m,a,1.5) np.where(m,0,b) np.where(m,a,v) np.pad(a,((1,2),(0,1)))
    np.pad(a,1,constant_values=3) np.pad(a,((0,0),(2,2)),mode="reflect")
    np.pad(a,((1,1),(2,1)),mode="edge") np.pad(a,((2,2),(3,4)),mode="symmetric")
    np.pad(a,((1,0),(0,1)),mode="maximum") np.pad(a,((0,1),(1,0)),mode="minimum")
    np.pad(v,(5,4),mode="reflect") np.split(r,2)[1] np.split(v,[1,2])[0] np.split(a,[1],axis=1)[1]
    np.array_split(v,2)[0] np.hsplit(r,3)[1] np.vsplit(a,2)[0] np.dsplit(r,2)[1] np.zeros_like(a)
    np.ones_like(a) np.full_like(a,2.5) a.repeat(2,axis=0) a.copy()""".split()
PRODUCTS = """np.dot(a,c) np.dot(v,w) np.dot(a,v) np.dot(r,c.T) np.dot(v,r) np.dot(a,2) np.dot(s,a)
    np.matmul(a,c) np.matmul(r,c.T) np.matmul(v,w) np.matmul(a,v) np.matmul(v,c) a@c v@w
    np.matmul(r.transpose(0,2,1),r) np.matmul(r.transpose(0,2,1)[:,None],r) np.tensordot(a,b)
    np.tensordot(a,c,1) np.tensordot(r,a,((0,1),(0,1))) np.tensordot(r,a,(1,1)) np.tensordot(v,w,0)
    np.inner(a,b) np.inner(v,w) np.inner(r.transpose(0,2,1),a) np.outer(v,w) np.outer(a,b)
    np.vdot(a,b) np.einsum("ij,jk->ik",a,c) np.einsum("ij->ji",a) np.einsum("ij,ij",a,b)
    np.einsum("ii",a@a.T) np.einsum("ii->i",a@a.T) np.einsum("i,j->ij",v,w)
    np.einsum("ijk,jk->i",r,c) np.einsum("bij,bik->bjk",r,r)
    np.einsum("...j,j->...",r.transpose(0,2,1),v) np.einsum("ij,jk,lk->il",a,c,r[0])
    np.einsum("ij->",a) np.einsum("...ij->...ji",r) np.einsum("ij",a) np.einsum("ji",a)""".split()
EXACT = """i+i i-j i*j i**2 i%2 i//2 a//p a>b a>=v a<0.5 a<=b a==a a!=b i==j i<2 m==m np.equal(a,b)
    np.less(a,b) np.greater_equal(a,0.5) np.not_equal(i,j) np.logical_not(a) np.isnan(a)
    np.isinf(a/s) np.isfinite(a) np.isposinf(a) np.isneginf(a) np.bitwise_not(i) ~i ~m i&j i|j i^j
    np.bitwise_and(i,3) np.lcm(i,j) np.argmax(a) np.argmax(a,axis=1) np.argmin(r,axis=0) a.argmax()
    np.any(m) np.all(m,axis=1) np.any(a,axis=0,keepdims=True) np.all(z) np.any(z) i.sum() i.max()
    i.min(axis=0) np.max(m) i.prod() np.cumsum(i,axis=0) np.dot(i,i.T) i@i.T np.flip(i)
    np.concatenate([i,j]) np.arange(5) np.arange(2,7,2) np.arange(5,0,-2) np.eye(3) np.eye(2,3,1)
    np.identity(2) np.zeros((2,0)) np.ones(3) np.full((2,),7) np.linspace(0,1,5)
    np.linspace(0,1,4,endpoint=False) np.nan_to_num(a/0.0) np.clip(i,1,2) np.where(m,i,j)
    np.rint(a*2) np.invert(m)""".split()
FLAT = {"sign", "ceil", "floor", "rint", "trunc", "fix", "around", "round", "zeros_like",
        "ones_like", "full_like"}
CHECKED = [e for e in ELEMENTS + REDUCTIONS + SHAPES + PRODUCTS
           if e.removeprefix("np.").split("(")[0] not in FLAT]

# of which there are gradients; and those of which there are none
ITEMS = """np.sort(a) np.sort(a,axis=0) np.sort(a,axis=None) np.take(a,np.array([1,0]))
    np.take(a,np.array([[1,0]]),axis=1) np.take(a,np.array([5,-1]),axis=1,mode="clip")
    np.take(a,np.array([4,-1]),axis=1,mode="wrap") a.take(np.array([2,1]),axis=1) np.diag(v)
    np.diag(k) np.diag(a,1) np.diag(v,-1) np.diagflat(a) np.diagonal(r,1,1,2) a.diagonal()
    np.trace(k) np.trace(r,offset=1,axis1=1,axis2=2) np.tril(k) np.tril(r,1) np.triu(k,-1)
    np.tril(v) np.diff(v) np.diff(r,2,axis=1) np.ediff1d(a) np.ediff1d(v,to_begin=a,to_end=w)
    np.polyval(v,a) np.meshgrid(v,w)[1] np.meshgrid(v,w,indexing="ij")[0]
    np.broadcast_arrays(a,v)[1]""".split()
COMPUTED = """np.argsort(a) np.argsort(r,axis=0) a.argsort() np.nonzero(i>2)[0] i.nonzero()[1]
    np.percentile(a,30) np.percentile(a,np.array([25.0,75.0]),axis=1) np.quantile(a,0.25,axis=0)
    np.quantile(r,0.5,axis=(0,2),keepdims=True) np.unique(i) np.unique(i,return_counts=True)[1]
    np.where(i>2)[0] np.argwhere(i>2) np.flatnonzero(i) np.bincount(i.ravel()) np.histogram(a,3)[0]
    np.insert(v,1,w) np.delete(v,1) np.resize(v,(2,4)) np.median(a) np.interp(v,w,w) np.cov(a)
    np.corrcoef(a) np.isclose(a,a) np.searchsorted(np.sort(w),v) np.tril_indices(3)[1]
    np.unravel_index(np.array([3,5],dtype="int64"),(2,3))[0] np.indices((2,3)) np.hanning(5)
    np.hamming(5) np.blackman(5) np.logspace(0,2,3) np.cumprod(v) np.ptp(a) np.float_power(p,2)
    np.logical_and(i>1,j>1) np.vander(w) np.cross(v,w) np.kron(v,w) np.nanmax(a)
    np.nansum(a,axis=0) np.heaviside(a,0.5) np.signbit(a) np.take_along_axis(a,np.argsort(a),1)
    np.roots(w)""".split()
