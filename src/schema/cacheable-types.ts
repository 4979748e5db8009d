import { type GraphQLSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { allResources } from '../twilio/resource.ts';

/**
 * Names the types whose fields come from Twilio alone, so that a response made of them may be cached. A response that
 * shows anything else, such as a credential or a caller, is made for each request. A type that nobody thought of is
 * not among them.
 *
 * They are the resources' own types, the interfaces and connections of these, and what says so itself with the
 * extension `fromTwilio`.
 */
export function cacheableTypes(schema: GraphQLSchema): ReadonlySet<string> {
  const resourceTypes = new Set(allResources().flatMap(({ types }) => types));
  const cacheable = new Set(['Query', 'PageInfo', ...resourceTypes]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) {
      const { objects } = schema.getImplementations(type);
      if (type.name !== 'Node' && objects.every(({ name }) => resourceTypes.has(name)))
        cacheable.add(type.name);
    } else if (isObjectType(type)) {
      if (type.extensions.fromTwilio === true) cacheable.add(type.name);
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !/(?:Connection|Edge)$/.test(type.name)) continue;
    const { edges, node } = type.getFields();
    const item = node ?? (edges && itemOf(edges.type));
    if (item && cacheable.has(getNamedType(item.type).name)) cacheable.add(type.name);
  }
  return cacheable;
}

function itemOf(edges: Parameters<typeof getNamedType>[0]) {
  const edge = getNamedType(edges);
  return isObjectType(edge) ? edge.getFields().node : undefined;
}
